# shellcheck shell=bash
# The private Redis: sessions and caches; an append-only file keeps people logged in over a restart.

prepare_redis() {
    local data=$STATE/data/redis conf=$STATE/conf/redis.conf
    write_as_runner "$conf" <<CONFIG
bind 127.0.0.1
port $REDIS_PORT
requirepass $REDIS_PASSWORD
dir $data
daemonize no
databases 1
save ""
appendonly $([ "$DURABLE" = on ] && echo yes || echo no)
appendfsync everysec
maxmemory 128mb
maxmemory-policy volatile-lru
loglevel notice
CONFIG
    unit_changed redis "$FILE_CHANGED"
    unit_env redis </dev/null
    unit redis "redis-server $(printf '%q' "$conf")" </dev/null
}

redis_ready() { [ "$(REDISCLI_AUTH=$REDIS_PASSWORD redis-cli -h 127.0.0.1 -p "$REDIS_PORT" ping 2>/dev/null)" = PONG ]; }
