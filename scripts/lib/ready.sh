# shellcheck shell=bash
# Waiting, with a bound and with an answer to what was waited for in vain.

# wait_for UNIT SECONDS CHECK…: until CHECK succeeds; a unit that keeps ending is told at once.
wait_for() {
    local name=$1 limit=$((SECONDS + $2)) starts=0 pid last=''
    shift 2
    until "$@"; do
        pid=$(unit_pid "$name") || pid=
        if [ -n "$pid" ] && [ "$pid" != "$last" ]; then
            last=$pid
            starts=$((starts + 1))
            [ "$starts" -le 5 ] || fail_unit "$name" "ends again and again"
        fi
        [ "$SECONDS" -lt "$limit" ] || fail_unit "$name" "did not become ready in time"
        sleep 0.1
    done
}

fail_unit() {
    local words
    words=$(last_words "$1")
    fail "$1 $2${words:+: $words}; its log is ${LOGS#"$ROOT"/}/$1/current"
}

# What the data services are, such as "PostgreSQL 15 · Redis 7 · RabbitMQ 3.10".
data_versions() {
    local postgres redis rabbitmq
    postgres=$(cat "$PGDATA/PG_VERSION")
    redis=$(redis-server --version | sed -n 's/.*v=\([0-9]*\).*/\1/p')
    rabbitmq=$(compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*' | sed -n 's/.*rabbitmq_server-\([0-9]*\.[0-9]*\).*/\1/p' | tail -1) || true
    printf 'PostgreSQL %s · Redis %s · RabbitMQ %s' "$postgres" "$redis" "$rabbitmq"
}
