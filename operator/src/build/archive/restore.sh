#!/usr/bin/env bash
# restore.sh restore OPTION…: makes PostgreSQL's volume what it was at $TARGET_TIME, or at the last moment that the archive knows.
# The database is brought back beside the one that is there, by a PostgreSQL with these options, and takes its place only once it has
# recovered.
# restore.sh look: only whether that can be, with nothing stopped yet.
# Ends with 64 while nothing was changed. The last line of its output tells: result BOOKINGS|LAST TRANSACTION|BASE BACKUP|LAST KNOWN BOOKINGS|WHEN THAT WAS.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

LOG=/tmp/postgres.log
NEW=${PGDATA:-}.new
SCRIPTS=$(dirname "${BASH_SOURCE[0]}")
# The longest that recovery may take, in seconds.
PATIENCE=${RESTORE_PATIENCE:-7200}

fail() {
    leave "$*"
    say "$*" >&2
    exit 64
}

# The base backups to begin from, the best first: those that ended before the target.
candidates() {
    local target=
    [ -z "$TARGET_TIME" ] || target=$(date -u -d "$TARGET_TIME" +"$TIME_FORMAT")
    bases | sort -r | while read -r base; do
        [[ -n $target && $base > $target ]] || printf '%s\n' "$base"
    done
}

check_target() {
    [ -z "$TARGET_TIME" ] || date -d "$TARGET_TIME" >/dev/null 2>&1 \
        || fail "TARGET_TIME is a time such as \"2026-11-28 12:00:00Z\", not \"$TARGET_TIME\""
    mapfile -t all < <(bases)
    [ "${#all[@]}" != 0 ] || fail "there is no base backup to restore from"
    mapfile -t CANDIDATES < <(candidates)
    [ -z "$TARGET_TIME" ] || [ "$(date -d "$TARGET_TIME" +%s)" -le "$(date +%s)" ] \
        || fail "$TARGET_TIME is in the future; write a time that has passed, or none for all that was archived"
    [ "${#CANDIDATES[@]}" != 0 ] || fail "there is no base backup from before $TARGET_TIME; the oldest ended at $(readable "${all[0]}")"
}

unpack() {
    local source=$ARCHIVE/base/$1
    rm -rf "$NEW"
    mkdir -m 700 "$NEW"
    # Fewer braces than it seems: a status of its own for each, so that a damaged one is passed over.
    tar -xzf "$source/base.tar.gz" -C "$NEW" \
        && tar -xzf "$source/pg_wal.tar.gz" -C "$NEW/pg_wal" \
        && cp "$source/backup_manifest" "$NEW/" \
        && pg_verifybackup --quiet --no-parse-wal "$NEW"
}

sql() { psql -XAtq -h /tmp -U postgres -d "$1" -c "$2"; }

# Plays WAL onto what was unpacked, until it takes writes.
recover() {
    local settings=() pid until
    touch "$NEW/recovery.signal"
    # Nothing of the new history gets into the archive before its database is the one that counts: whatever cuts this off, the old
    # one goes on in its own. PostgreSQL hands all of it over once it runs in its place.
    settings+=(-c archive_command=)
    # Of several histories after an earlier restore: with a time, that of the base backup; without one, the newest.
    [ -z "$TARGET_TIME" ] || settings+=(-c recovery_target_time="$(date -u -d "$TARGET_TIME" '+%F %T.%N%:z')" \
        -c recovery_target_action=promote -c recovery_target_timeline=current)
    postgres -D "$NEW" "${OPTIONS[@]}" -c listen_addresses= -c unix_socket_directories=/tmp \
        -c restore_command="bash $SCRIPTS/restore-wal.sh %f %p" "${settings[@]}" >"$LOG" 2>&1 &
    pid=$!
    until=$((SECONDS + PATIENCE))
    until [ "$(sql postgres 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; do
        if ! kill -0 "$pid" 2>/dev/null; then
            wait "$pid" || true
            return 1
        fi
        if [ "$SECONDS" -ge "$until" ]; then
            kill -INT "$pid"
            wait "$pid" || true
            fail "recovery did not end within $PATIENCE s; the database is as it was"
        fi
        sleep 0.2
    done
    LAST=$(sql postgres "SELECT coalesce(to_char(pg_last_xact_replay_timestamp(), 'YYYY-MM-DD HH24:MI:SS.MS\"Z\"'), '')")
    BOOKINGS=$(sql booking 'SELECT count(*) FROM bookings WHERE confirmed_at IS NOT NULL' 2>/dev/null) || BOOKINGS=
    kill -INT "$pid"
    wait "$pid"
}

# Why recovery gave up, in the words of the log.
why() {
    if grep -q 'recovery ended before configured recovery target was reached' "$LOG"; then
        local last
        last=$(sed -n 's/.*last completed transaction was at log time \(.*\)$/\1/p' "$LOG" | tail -n 1)
        say "the archive ends before $TARGET_TIME${last:+, with a transaction of $last}; restore the latest state for all of it"
    else
        grep -E 'FATAL|PANIC|archive:' "$LOG" | tail -n 1 | sed 's/^.*\(FATAL\|PANIC\): *//' | grep . || tail -n 1 "$LOG"
    fi
}

TARGET_TIME=${TARGET_TIME:-}
check_target
[ "$1" != look ] || exit 0
OPTIONS=("${@:2}")
lock "${PGDATA%/*}" 0 || fail "another restore is working on the volume; wait for it to end"

# Whatever fails until the swap begins has changed nothing.
SWAPPING=
cleanup() {
    local status=$?
    rm -rf "$NEW"
    [ "$status" = 0 ] || [ -n "$SWAPPING" ] || exit 64
}
trap cleanup EXIT
restored=
for base in "${CANDIDATES[@]}"; do
    say "restore: from the base backup of $(readable "$base")"
    if ! said=$(unpack "$base" 2>&1); then
        reason="the base backup of $(readable "$base") can't be unpacked: $(tail -n 1 <<<"$said")"
        say "restore: $reason" >&2
    elif recover; then
        restored=$base
        break
    else
        reason=$(why)
        say "restore: $reason" >&2
    fi
done
[ -n "$restored" ] || fail "$reason; the database is as it was"

rm -rf "$PGDATA.old"
# Whoever reads this knows that from here on it may be either; guard.sh brings the old one back where this is cut off.
say "restore: replacing the database"
SWAPPING=1
[ ! -e "$PGDATA" ] || mv -T "$PGDATA" "$PGDATA.old"
mv -T "$NEW" "$PGDATA"
sync "${PGDATA%/*}"
rm -rf "$PGDATA.old"
known='' when=''
[ ! -r "$ARCHIVE/last-known" ] || read -r known when <"$ARCHIVE/last-known" || true
result="$BOOKINGS|$LAST|$(readable "$restored")|$known|${when:+$(readable "$when")}"
leave "$result"
say "result $result"
