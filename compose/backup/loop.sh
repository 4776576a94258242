#!/usr/bin/env bash
# Takes base backups: at once where there is none, each day at $BACKUP_AT (UTC), and earlier when WAL fills the archive.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ $BACKUP_AT =~ ^([01][0-9]|2[0-3]):[0-5][0-9]$ ]] || { say "backup: BACKUP_AT is a time such as 03:00, not \"$BACKUP_AT\"" >&2; exit 1; }
trap 'exit 0' TERM INT

# Whether the last $BACKUP_AT that has passed has no backup after it.
is_due() {
    local newest last
    newest=$(bases | tail -n 1)
    last=$(date -u -d "today $BACKUP_AT" +"$TIME_FORMAT")
    [[ ! $last > $(date -u +"$TIME_FORMAT") ]] || last=$(date -u -d "yesterday $BACKUP_AT" +"$TIME_FORMAT")
    [[ $newest < $last ]]
}

not_before=0
while :; do
    note_bookings
    if [ "$(date +%s)" -ge "$not_before" ]; then
        ! is_full || prune
        if is_due || is_full || [ -e "$ARCHIVE/suspended" ]; then
            bash "$(dirname "${BASH_SOURCE[0]}")/base.sh" || say "backup: it failed; it is tried again in five minutes" >&2
            not_before=$(($(date +%s) + 300))
        fi
    fi
    sleep 5 &
    wait $!
done
