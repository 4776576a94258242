# Whether PostgreSQL has started; then the superuser gets the password of $POSTGRES_PASSWORD, which the image takes over at the very
# first start alone. Safe to repeat; the password reaches psql by its environment and stays out of the log.
# No TCP while the image prepares an empty volume, so its temporary server is waited out.
pg_isready -q -h 127.0.0.1 -U postgres
psql -XAtq -h /var/run/postgresql -U postgres -d postgres -v ON_ERROR_STOP=1 -v VERBOSITY=terse <<'SQL'
\getenv password POSTGRES_PASSWORD
SET client_min_messages = warning;
SET log_statement = none;
SET log_min_duration_statement = -1;
SET log_min_error_statement = panic;
ALTER ROLE postgres PASSWORD :'password';
SQL
