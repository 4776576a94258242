#!/usr/bin/env bash
# Whether PostgreSQL takes clients. After each start the superuser first gets the password that .env has now.
set -euo pipefail

if [ ! -e /tmp/started ]; then
    bash -euo pipefail /operator/postgres-started.sh
    touch /tmp/started
fi
pg_isready -q -h 127.0.0.1 -U postgres
