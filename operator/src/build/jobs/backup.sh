# Dumps $DATABASES into /backups/<time>/, whole or not at all, and keeps the newest $RETENTION dumps.
name=$(date -u +%Y%m%dT%H%M%SZ)
part=/backups/.$name.part
trap 'rm -rf "$part"' EXIT
rm -rf /backups/.*.part
mkdir -p "$part"
for database in $DATABASES; do
    variable=DATABASE_URL_${database^^}
    # A new pod's address is let in a moment after it starts.
    for _ in {1..60}; do
        ! pg_isready -q --dbname="${!variable}" || break
        sleep 1
    done
    pg_dump --dbname="${!variable}" --format=custom --compress=6 --no-owner --no-privileges --file="$part/$database.dump"
done
sync "$part"/*.dump
mv "$part" "/backups/$name"
ls -1d /backups/*Z | sort | head -n "-$RETENTION" | xargs -r rm -rf
kept=$(ls -1d /backups/*Z | wc -l)
size=$(du -sh "/backups/$name" | cut -f1)
printf '{"name":"%s","message":"%s, %s kept"}' "$name" "$size" "$kept" >/dev/termination-log
