#!/bin/sh
# Redis with its password, which stays out of the arguments. An append-only file keeps people logged in over a restart; two
# thirds of the memory limit are for data, the rest for rewriting that file.
set -eu

exec redis-server - <<CONFIG
bind 0.0.0.0
protected-mode yes
requirepass $REDISCLI_AUTH
dir /data
databases 1
save ""
appendonly yes
appendfsync everysec
maxmemory 128mb
maxmemory-policy volatile-lru
CONFIG
