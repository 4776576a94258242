#!/usr/bin/env bash
# Gives the role watcher, which reads statistics and nothing of anybody's, the password $WATCHER_DATABASE_PASSWORD, and makes the table in
# which whoever takes base backups says how the archive is. Safe to repeat; the password reaches psql by its environment, never by
# its arguments.
set -euo pipefail

psql -XAtq -v ON_ERROR_STOP=1 <<'SQL'
\getenv password WATCHER_DATABASE_PASSWORD
SET client_min_messages = warning;
SET log_statement = none;
SET log_min_duration_statement = -1;
SET log_min_error_statement = panic;
SELECT 'CREATE ROLE watcher LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'watcher') \gexec
ALTER ROLE watcher LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB CONNECTION LIMIT 5 PASSWORD :'password';
GRANT pg_monitor TO watcher;
GRANT CONNECT ON DATABASE postgres TO watcher;
CREATE TABLE IF NOT EXISTS archive_state (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    healthy boolean NOT NULL DEFAULT true,
    -- When the newest base backup ended; none yet, or nobody takes any.
    newest timestamptz
);
INSERT INTO archive_state DEFAULT VALUES ON CONFLICT DO NOTHING;
GRANT SELECT ON archive_state TO watcher;
SQL
