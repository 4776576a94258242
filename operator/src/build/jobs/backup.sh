# Dumps $DATABASES into /backups/$PLATFORM/<time>/, whole or not at all, and keeps the newest $RETENTION dumps of this platform.
own=/backups/$PLATFORM
part=$own/.$HOSTNAME.part
trap 'rm -rf "$part"' EXIT
mkdir -p "$part"
# What was left by a dump that was cut off: no dump may take this long.
touch -d '-2 hours' /tmp/old
for other in "$own"/.*.part; do
    [ ! "$other" -ot /tmp/old ] || rm -rf "$other"
done
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
name=$(date -u +%Y%m%dT%H%M%SZ)
# Two dumps may end in the same second.
until [ ! -e "$own/$name" ]; do
    sleep 1
    name=$(date -u +%Y%m%dT%H%M%SZ)
done
mv -T "$part" "$own/$name"
dumps=("$own"/*Z)
extra=$((${#dumps[@]} - RETENTION))
[ "$extra" -le 0 ] || rm -rf "${dumps[@]:0:extra}"
dumps=("$own"/*Z)
size=$(du -sh "$own/$name" | cut -f1)
printf '{"name":"%s","message":"%s, %s kept"}' "$name" "$size" "${#dumps[@]}" >/dev/termination-log
