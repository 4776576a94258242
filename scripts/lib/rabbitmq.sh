# shellcheck shell=bash
# The private RabbitMQ with a port mapper (epmd) of its own, both on loopback only.

prepare_rabbitmq() {
    local data=$STATE/data/rabbitmq conf=$STATE/conf/rabbitmq.conf plugins=$STATE/conf/rabbitmq-plugins node=platform word
    [ "$INSTANCE" = main ] || node=platform-$INSTANCE
    word=false
    [ "$RABBITMQ_MANAGEMENT" = off ] || word=true
    {
        cat <<CONFIG
listeners.tcp.default = 127.0.0.1:$RABBITMQ_PORT
default_user = platform
default_pass = $RABBITMQ_PASSWORD
default_vhost = /
default_user_tags.administrator = $word
log.file = false
log.console = true
log.console.level = info
vm_memory_high_watermark.absolute = 384MB
disk_free_limit.absolute = 200MB
CONFIG
        [ "$RABBITMQ_MANAGEMENT" = off ] \
            || printf '%s = %s\n' management.tcp.ip 127.0.0.1 management.tcp.port "$RABBITMQ_MANAGEMENT_PORT" \
                prometheus.tcp.ip 127.0.0.1 prometheus.tcp.port "$RABBITMQ_METRICS_PORT"
    } | write_as_runner "$conf"
    unit_changed rabbitmq "$FILE_CHANGED"
    word=
    [ "$RABBITMQ_MANAGEMENT" = off ] || word=rabbitmq_management,rabbitmq_prometheus
    echo "[$word]." | write_as_runner "$plugins"
    unit_changed rabbitmq "$FILE_CHANGED"

    unit_env epmd </dev/null
    unit epmd "epmd -port $EPMD_PORT -address 127.0.0.1 -relaxed_command_check" </dev/null
    # `detached` makes the script exec the Erlang VM: what is supervised, and killed, is the broker itself.
    # Two schedulers and smaller tables of processes, atoms and ports: idle it costs less memory (busy waiting is off by default).
    unit_env rabbitmq <<ENV
HOME=$data
detached=1
RABBITMQ_NODENAME=$node@localhost
RABBITMQ_CONF_ENV_FILE=/dev/null
RABBITMQ_CONFIG_FILE=${conf%.conf}
RABBITMQ_ENABLED_PLUGINS_FILE=$plugins
RABBITMQ_MNESIA_BASE=$data/mnesia
RABBITMQ_LOG_BASE=$data/log
RABBITMQ_LOGS=-
RABBITMQ_DIST_PORT=$RABBITMQ_DIST_PORT
RABBITMQ_MAX_NUMBER_OF_PROCESSES=65536
RABBITMQ_MAX_NUMBER_OF_ATOMS=1000000
ERL_MAX_PORTS=4096
ERL_EPMD_PORT=$EPMD_PORT
ERL_EPMD_ADDRESS=127.0.0.1
RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=+S 2:2 +SDcpu 1:1 +SDio 4 +sbwt none +sbwtdcpu none +sbwtdio none -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}
ENV
    unit rabbitmq /usr/lib/rabbitmq/bin/rabbitmq-server </dev/null
}

# An AMQP broker answers the protocol's header with a method frame (1) as soon as it accepts clients.
rabbitmq_ready() {
    local first
    first=$(
        exec 2>/dev/null
        exec 3<>"/dev/tcp/127.0.0.1/$RABBITMQ_PORT" || exit 0
        printf 'AMQP\x00\x00\x09\x01' >&3
        timeout 2 head -c 1 <&3 | od -An -tu1 | tr -d ' '
    ) || true
    [ "$first" = 1 ]
}
