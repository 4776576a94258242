# shellcheck shell=bash disable=SC2034 # read by ../../standins.sh
# Redis with its command line.
IMAGE=docker.io/library/redis:7.2.11
BELOW=(base shell)
WANTED=(redis-server)
ABSENT=()
CONFIG='{"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["redis-server"], "WorkingDir": "/data", "ExposedPorts": {"6379/tcp": {}},
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}'

finish() {
    account redis 999 /data
    install -d -o 999 -g 999 data
    rm -rf etc/redis usr/bin/redis-benchmark
}
