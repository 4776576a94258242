# Replaces $DATABASES by the dump $BACKUP of /backups, each in one transaction; all dumps are read before the first is put back.
# Ends with 64 while nothing was changed yet (psql has codes of its own, up to 3).
trap 'exit 64' ERR
if [ "$BACKUP" = latest ]; then
    BACKUP=$(ls -1 /backups | grep -E '^[0-9]{8}T[0-9]{6}Z$' | sort | tail -n 1) || true
    [ -n "$BACKUP" ] || { echo "there is no dump on the volume; wait for one or take one first" >&2; exit 64; }
fi
[ -d "/backups/$BACKUP" ] \
    || { echo "there is no dump $BACKUP; there are: $(ls -1 /backups | grep -E 'Z$' | sort | tr '\n' ' ')" >&2; exit 64; }
for database in $DATABASES; do
    pg_restore --list "/backups/$BACKUP/$database.dump" >/dev/null
    variable=DATABASE_URL_${database^^}
    # A new pod's address is let in a moment after it starts.
    for _ in {1..60}; do
        ! pg_isready -q --dbname="${!variable}" || break
        sleep 1
    done
    psql --dbname="${!variable}" -Xqc 'SELECT 1' >/dev/null
done
trap - ERR
for database in $DATABASES; do
    variable=DATABASE_URL_${database^^}
    {
        echo 'SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public;'
        pg_restore --no-owner --no-privileges --file=- "/backups/$BACKUP/$database.dump"
    } | psql --dbname="${!variable}" -Xq --single-transaction -v ON_ERROR_STOP=1 >/dev/null
done
printf '%s' "$BACKUP" >/dev/termination-log
