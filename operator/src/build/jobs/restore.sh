# Replaces $DATABASES by the dump $BACKUP, each in one transaction; all dumps are read before the first is put back. A dump is the
# platform's own in /backups/$PLATFORM, or another one's when its folder is named: FOLDER/NAME.
# Ends with 64 while nothing was changed yet (psql has codes of its own, up to 3).
trap 'exit 64' ERR
own=/backups/$PLATFORM
shopt -s nullglob
dumps=("$own"/*Z)
dumps=("${dumps[@]##*/}")
if [ "$BACKUP" = latest ]; then
    [ "${#dumps[@]}" != 0 ] || { echo "there is no dump of this platform on the volume; wait for one or take one first" >&2; exit 64; }
    BACKUP=${dumps[-1]}
fi
case $BACKUP in
    */*) folder=/backups/$BACKUP ;;
    *) folder=$own/$BACKUP ;;
esac
[ -d "$folder" ] || { echo "there is no dump $BACKUP; of this platform there are: ${dumps[*]}" >&2; exit 64; }
for database in $DATABASES; do
    pg_restore --file=/dev/null "$folder/$database.dump"
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
    # psql can't tell a dump that ends from one that breaks off: only the whole of it is committed.
    {
        echo 'BEGIN; SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public;'
        pg_restore --no-owner --no-privileges --file=- "$folder/$database.dump"
        echo 'COMMIT;'
    } | psql --dbname="${!variable}" -Xq -v ON_ERROR_STOP=1 >/dev/null
done
printf '%s' "$BACKUP" >/dev/termination-log
