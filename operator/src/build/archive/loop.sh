#!/usr/bin/env bash
# Takes base backups: at once where there is none or WAL is missing since the newest, each day at $BACKUP_AT (UTC), and earlier when
# WAL fills the archive; with FOLLOW_HISTORY=on also at once when the newest is of another history than the database. Where GIVE_UP_AFTER is set it ends, saying
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

# What was switched off for a while, for one, leaves a hole.
note_gap() {
    local missing
    missing=$(missing_segment)
    [ -z "$missing" ] || [ -e "$ARCHIVE/gap" ] || printf '%s\n' "$missing" >"$ARCHIVE/gap" || true
}

# For PostgreSQL's exporter, where who watches has a table for it (compose/postgres/watcher.sh). Nothing is written while nothing changes.
tell() {
    local healthy=true newest
    bash "$SCRIPTS/healthy.sh" >/dev/null 2>&1 || healthy=false
    newest=$(bases | tail -n 1)
    psql -XAtq -v healthy="$healthy" -v newest="${newest:+$(readable "$newest")}" >/dev/null 2>&1 <<'SQL' || true
SELECT to_regclass('archive_state') IS NOT NULL AS wanted \gset
\if :wanted
UPDATE archive_state SET healthy = :'healthy', newest = nullif(:'newest', '')::timestamptz
WHERE (healthy, newest) IS DISTINCT FROM (:'healthy'::boolean, nullif(:'newest', '')::timestamptz);
\endif
SQL
}

make_room() {
    lock "$ARCHIVE" 0 || return 0
    prune || say "backup: the archive could not be pruned" >&2
    unlock
}

# A base backup; where there is no room for it that will be so for a while.
take() {
    local status=0 pause=300
    bash "$SCRIPTS/base.sh" || status=$?
    [ "$status" != 65 ] || pause=3600
    [ "$status" = 0 ] || say "backup: it failed; it is tried again in $((pause / 60)) minutes" >&2
    not_before=$(($(date +%s) + pause))
}

mkdir -p "$ARCHIVE"
not_before=0
look_at=0
healthy_at=$(date +%s)
while :; do
    if [ "$(date +%s)" -ge "$look_at" ]; then
        began=${EPOCHREALTIME/[.,]/}
        note_bookings
        note_gap
        tell
        # The more it takes, the rarer.
        look_at=$(($(date +%s) + 5 + (${EPOCHREALTIME/[.,]/} - began) / 50000))
    fi
    if [ "$(date +%s)" -ge "$not_before" ] && pg_isready -q; then
        ! is_full 80 || make_room
        if is_due || is_full 80 || [ -e "$ARCHIVE/suspended" ] || [ -e "$ARCHIVE/gap" ] || is_another_history; then take; fi
    fi
    [ -z "${GIVE_UP_AFTER:-}" ] || give_up
    sleep 5 &
    wait $!
done
