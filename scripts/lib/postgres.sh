# shellcheck shell=bash
# The private PostgreSQL: one database and one role a service, passwords for all, loopback only.

# The newest PostgreSQL of the system that can read the data.
postgres_bin() {
    local dir version=
    if [ -r "$PGDATA/PG_VERSION" ]; then version=$(cat "$PGDATA/PG_VERSION"); fi
    dir=$(compgen -G "/usr/lib/postgresql/${version:-*}/bin" | sort -V | tail -1) || true
    [ -x "$dir/postgres" ] \
        || fail "the data in ${RUN_DIR#"$ROOT"/} is of PostgreSQL $version, which is not installed; install postgresql-$version, or start empty: rm -rf ${RUN_DIR#"$ROOT"/}"
    printf '%s' "$dir"
}

# Sized for a small machine: what idles costs little, what works still has room.
postgres_config() {
    cat <<CONFIG
listen_addresses = '127.0.0.1'
port = $POSTGRES_PORT
unix_socket_directories = ''
max_connections = $([ "$DURABLE" = on ] && echo 120 || echo 300)
shared_buffers = 64MB
work_mem = 4MB
maintenance_work_mem = 32MB
wal_buffers = 4MB
min_wal_size = 80MB
max_wal_size = 1GB
jit = off
huge_pages = off
autovacuum_max_workers = 2
max_worker_processes = 4
max_parallel_workers = 2
max_parallel_maintenance_workers = 1
max_wal_senders = 0
wal_level = minimal
password_encryption = scram-sha-256
log_destination = 'stderr'
logging_collector = off
log_line_prefix = '%m [%p] %q%u@%d '
log_timezone = 'UTC'
timezone = 'UTC'
log_lock_waits = on
log_min_duration_statement = 1s
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
idle_in_transaction_session_timeout = 60s
CONFIG
    # What was committed outlives kill -9 of PostgreSQL all the same, though not a power cut.
    [ "$DURABLE" = on ] || printf 'fsync = off\nfull_page_writes = off\n'
}

prepare_postgres() {
    PGDATA=$STATE/data/postgres
    local bin words=$STATE/tmp/password log=$LOGS/initdb.log sync=()
    [ "$DURABLE" = on ] || sync=(--no-sync)
    bin=$(postgres_bin)
    if [ ! -r "$PGDATA/PG_VERSION" ]; then
        rm -rf "$PGDATA"
        (umask 077 && printf '%s\n' "$POSTGRES_PASSWORD_ADMIN" >"$words")
        ! is_root || chown "$RUN_USER" "$words"
        (
            cd "$STATE/data"
            as_runner "$bin/initdb" -D "$PGDATA" -U postgres -A scram-sha-256 --pwfile="$words" \
                -E UTF8 --locale=C.UTF-8 --no-instructions "${sync[@]}"
        ) >"$log" 2>&1 || { rm -rf "$PGDATA" "$words"; fail "PostgreSQL could not make its data folder: $(tail -1 "$log")"; }
        rm -f "$words"
    fi
    postgres_config | write_as_runner "$PGDATA/postgresql.conf"
    unit_env postgres </dev/null
    unit_changed postgres "$FILE_CHANGED"
    unit postgres "$bin/postgres -D $(printf '%q' "$PGDATA")" </dev/null
    # SIGINT is its fast shutdown; SIGTERM would wait for clients.
    unit_stops_by postgres INT
}

# sql DATABASE: runs the statements on stdin as the administrator; its password never shows among arguments.
sql() {
    PGPASSWORD=$POSTGRES_PASSWORD_ADMIN PGOPTIONS='--client-min-messages=warning' "$(postgres_bin)/psql" \
        -h 127.0.0.1 -p "$POSTGRES_PORT" -U postgres -d "$1" -XAtq -v ON_ERROR_STOP=1
}

postgres_ready() { "$(postgres_bin)/pg_isready" -q -h 127.0.0.1 -p "$POSTGRES_PORT" -t 1; }

# Each service owns its database and can enter no other one. Tests make databases, so there roles may.
ensure_databases() {
    local name variable extra=NOCREATEDB existing
    [ "$INSTANCE" != test ] || extra=CREATEDB
    existing=$(sql postgres <<<'SELECT datname FROM pg_database')
    for name in auth catalog booking payment worker sandbox; do
        variable=POSTGRES_PASSWORD_${name^^}
        cat <<SQL
DO \$\$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$name') THEN CREATE ROLE $name LOGIN; END IF;
END \$\$;
ALTER ROLE $name NOSUPERUSER NOCREATEROLE $extra PASSWORD '${!variable}';
SQL
        grep -qx "$name" <<<"$existing" || printf 'CREATE DATABASE %s OWNER %s;\n' "$name" "$name"
        printf 'REVOKE ALL ON DATABASE %s FROM PUBLIC;\n' "$name"
    done | sql postgres
    printf 'REVOKE ALL ON DATABASE postgres FROM PUBLIC;\n' | sql postgres
}
