# Arguments: names, each of a role and its database. <NAME>_DATABASE_PASSWORD is what the role's password shall be.
# Safe to repeat; passwords reach psql by its environment, never by its arguments.
# A new pod's address is let in a moment after it starts.
for _ in {1..60}; do
    ! pg_isready -q || break
    sleep 1
done
for name in "$@"; do
    variable=${name^^}_DATABASE_PASSWORD
    export ROLE_PASSWORD=${!variable}
    psql -XAtq -v ON_ERROR_STOP=1 -v name="$name" <<'SQL'
\getenv password ROLE_PASSWORD
SET client_min_messages = warning;
SET log_statement = none;
SET log_min_duration_statement = -1;
SET log_min_error_statement = panic;
SELECT format('CREATE ROLE %I LOGIN', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
psql -XAtq -v ON_ERROR_STOP=1 -c 'REVOKE ALL ON DATABASE postgres FROM PUBLIC'
