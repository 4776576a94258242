#!/bin/bash
# Does what the real image's entry does, as far as the platform uses it: makes the data folder when it is empty, with a
# password and reachable by no one meanwhile, then becomes PostgreSQL. Runs as 999; root is not asked for.
set -Eeuo pipefail

# NAME or NAME_FILE, like the real one.
value_of() {
    local file=$1_FILE
    if [ -n "${!file:-}" ]; then cat "${!file}"; else printf '%s' "${!1:-}"; fi
}

initialise() {
    local password user database arguments=()
    password=$(value_of POSTGRES_PASSWORD)
    user=$(value_of POSTGRES_USER)
    user=${user:-postgres}
    database=$(value_of POSTGRES_DB)
    database=${database:-$user}
    if [ -z "$password" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
        echo 'Error: Database is uninitialized and superuser password is not specified.' >&2
        exit 1
    fi
    eval "arguments=(${POSTGRES_INITDB_ARGS:-})"
    initdb -D "$PGDATA" --username="$user" --pwfile=<(printf '%s\n' "$password") "${arguments[@]}"
    printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
    # Debian's sample configuration listens on localhost only.
    sed -i "s/^#\?listen_addresses = .*/listen_addresses = '*'/" "$PGDATA/postgresql.conf"
    [ "$database" != postgres ] || return 0
    pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
    PGPASSWORD=$password psql -v ON_ERROR_STOP=1 -U "$user" -d postgres -w --set=database="$database" <<<'CREATE DATABASE :"database";'
    pg_ctl -D "$PGDATA" -m fast -w stop
}

if [ "${1:0:1}" = - ]; then set -- postgres "$@"; fi
if [ "$1" = postgres ]; then
    [ "$(id -u)" != 0 ] || { echo 'this stand-in runs as user 999, not as root' >&2; exit 1; }
    mkdir -p "$PGDATA"
    chmod 700 "$PGDATA" || true
    [ -s "$PGDATA/PG_VERSION" ] || initialise
    unset POSTGRES_PASSWORD
fi
exec "$@"
