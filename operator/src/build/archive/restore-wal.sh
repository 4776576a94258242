#!/usr/bin/env bash
# restore-wal.sh NAME PATH: PostgreSQL's restore_command. 1 tells that there is no such segment, which ends the recovery; a
# segment that is there and can't be read must not look like that end, so it stops everything.
set -euo pipefail

source=${ARCHIVE:-/archive}/wal/$1.gz
[ -e "$source" ] || exit 1
gzip -dc "$source" >"$2" || {
    echo "archive: $1 can't be read" >&2
    exit 200
}
