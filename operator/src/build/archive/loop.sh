#!/usr/bin/env bash
# Takes base backups: at once where there is none, each day at $BACKUP_AT (UTC), and earlier when WAL fills the archive; with
# FOLLOW_HISTORY=on also at once when the newest is of another history than the database. Where GIVE_UP_AFTER is set it ends, saying
# why, once the archive was unhealthy for as many seconds.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ $BACKUP_AT =~ ^([01][0-9]|2[0-3]):[0-5][0-9]$ ]] || { say "backup: BACKUP_AT is a time such as 03:00, not \"$BACKUP_AT\"" >&2; exit 1; }
trap 'exit 0' TERM INT
SCRIPTS=$(dirname "${BASH_SOURCE[0]}")

# Whether the last $BACKUP_AT that has passed has no backup after it.
is_due() {
    local newest last
    newest=$(bases | tail -n 1)
    last=$(date -u -d "today $BACKUP_AT" +"$TIME_FORMAT")
    [[ ! $last > $(date -u +"$TIME_FORMAT") ]] || last=$(date -u -d "yesterday $BACKUP_AT" +"$TIME_FORMAT")
    [[ $newest < $last ]]
}

# Whether the database has gone another way since the newest base backup, as after a restore; no answer is no.
is_another_history() {
    local newest now
    [ "${FOLLOW_HISTORY:-off}" = on ] || return 1
    newest=$(bases | tail -n 1)
    [ -n "$newest" ] || return 1
    now=$(psql -XAtqc "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)" 2>/dev/null) || return 1
    [ "$now" != "$(first_segment "$newest" | cut -c1-8)" ]
}

# Ends with the words of healthy.sh where they have stood for too long.
give_up() {
    local said
    if said=$(bash "$SCRIPTS/healthy.sh" 2>&1); then
        healthy_at=$(date +%s)
    elif [ $(($(date +%s) - healthy_at)) -ge "$GIVE_UP_AFTER" ]; then
        said=$(tail -n 1 <<<"$said")
        leave "$said"
        say "backup: $said" >&2
        exit 1
    fi
}

mkdir -p "$ARCHIVE"
not_before=0
healthy_at=$(date +%s)
while :; do
    note_bookings
    if [ "$(date +%s)" -ge "$not_before" ] && pg_isready -q; then
        ! is_full || prune
        if is_due || is_full || [ -e "$ARCHIVE/suspended" ] || is_another_history; then
            bash "$SCRIPTS/base.sh" || say "backup: it failed; it is tried again in five minutes" >&2
            not_before=$(($(date +%s) + 300))
        fi
    fi
    [ -z "${GIVE_UP_AFTER:-}" ] || give_up
    sleep 5 &
    wait $!
done
