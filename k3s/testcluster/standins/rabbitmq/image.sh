# shellcheck shell=bash disable=SC2034 # read by ../../standins.sh
# RabbitMQ on Erlang, at the paths of the real image. Python (rabbitmqadmin) and the tools of Debian's package are left out.
IMAGE=docker.io/library/rabbitmq:3.13.7
BELOW=(base shell)
WANTED=(rabbitmq-server)
ABSENT=(procps socat)
CONFIG='{"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["rabbitmq-server"], "ExposedPorts": {"5672/tcp": {}},
    "Env": ["PATH=/opt/rabbitmq/sbin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
        "HOME=/var/lib/rabbitmq", "RABBITMQ_LOGS=-", "RABBITMQ_DATA_DIR=/var/lib/rabbitmq"]}'

finish() {
    account rabbitmq 999 /var/lib/rabbitmq
    install -d opt etc/rabbitmq/conf.d
    ln -s "/$(echo usr/lib/rabbitmq/lib/rabbitmq_server-*)" opt/rabbitmq
    # Docker gives an empty volume what the folder has, and Debian's has one that is root's.
    rm -rf var/lib/rabbitmq
    install -d -m 1777 -o 999 -g 999 var/lib/rabbitmq var/log/rabbitmq
    printf 'loopback_users.guest = false\nlog.console = true\n' >etc/rabbitmq/conf.d/10-defaults.conf
    printf '[rabbitmq_prometheus].\n' >etc/rabbitmq/enabled_plugins
    # Debian's wrappers change the account; the programs themselves are on the PATH.
    rm -rf usr/sbin/rabbitmq* usr/lib/ocf
}
