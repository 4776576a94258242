# Empties the volume /data, once for each dump that was put back ($RESTORED): what it holds speaks of what is no longer there.
[ "$(cat /data/.restored 2>/dev/null)" != "$RESTORED" ] || exit 0
for entry in /data/* /data/.[!.]*; do
    case $entry in
        /data/lost+found | /data/.restored) ;;
        *) rm -rf "$entry" ;;
    esac
done
printf '%s' "$RESTORED" >/data/.restored
