# shellcheck shell=bash
# What lies in the archive:
#   base/<time>/  base backups, named by the time they ended: base.tar.gz, pg_wal.tar.gz, backup_manifest, backup_label
#   wal/          compressed segments of WAL, from the oldest base backup on
#   wanted        there is, or will be, a base backup: WAL is worth keeping
#   suspended     the segment from which on WAL is not kept, for want of room
#   gap           the segment from which on WAL is missing since the newest base backup
#   last-known    how many bookings were confirmed, and when that was looked at

set -euo pipefail
shopt -s nullglob
# Whoever can read a backup can read everything.
umask 077
ARCHIVE=${ARCHIVE:-/archive}
export ARCHIVE
TIME_FORMAT=%Y%m%dT%H%M%SZ

say() { printf '%s\n' "$*"; }

# Where Kubernetes looks for the last words of a container; nowhere else.
leave() { [ ! -w /dev/termination-log ] || printf '%s' "$*" >/dev/termination-log; }

# Whole base backups, the oldest first.
bases() {
    local base
    for base in "$ARCHIVE"/base/*Z; do printf '%s\n' "${base##*/}"; done
}

# 20261128T030000Z as date(1) reads it.
readable() { sed -E 's/^(....)(..)(..)T(..)(..)(..)Z$/\1-\2-\3 \4:\5:\6Z/' <<<"$1"; }

# Files that go while du looks are its error but not ours.
used_mb() { { du -sm "$ARCHIVE" 2>/dev/null || true; } | cut -f1; }

# The first segment of WAL that a base backup needs.
first_segment() { sed -n 's/^START WAL LOCATION: .* (file \([0-9A-F]*\))$/\1/p' "$ARCHIVE/base/$1/backup_label"; }

# is_full PERCENT: whether as much of what the archive may hold is used.
is_full() { [ $(("$(used_mb)" * 100)) -ge $((ARCHIVE_LIMIT_MB * $1)) ]; }

drop_oldest() {
    local oldest
    oldest=$(bases | head -n 1)
    rm -rf "${ARCHIVE:?}/base/$oldest"
    drop_wal
    say "backup: $oldest and the WAL that only it needed are removed${1:+, $1}"
}

# WAL that no base backup needs. The oldest of them need not be the one that needs the oldest WAL: after a restore the database goes
# on from an earlier position, in another history. pg_archivecleanup compares positions alone.
drop_wal() {
    local first base
    [ -d "$ARCHIVE/wal" ] || return 0
    first=$(for base in $(bases); do first_segment "$base" 2>/dev/null || true; done | sort -k 1.9 | head -n 1)
    [ -z "$first" ] || pg_archivecleanup -x .gz "$ARCHIVE/wal" "$first"
}

# Keeps the newest $BACKUP_KEEP base backups, and fewer of them where there is no room for as many; never less than one.
prune() {
    while [ "$(bases | wc -l)" -gt "${BACKUP_KEEP:-7}" ]; do drop_oldest; done
    ! is_full 80 || while is_full 60 && [ "$(bases | wc -l)" -gt 1 ]; do
        drop_oldest "for the archive is nearly at its limit of $ARCHIVE_LIMIT_MB MB"
    done
    drop_wal
}

# The first segment that is missing since the newest base backup, in its history; nothing where all are there. Segments are of 16 MB.
missing_segment() {
    local newest first segment number wanted
    newest=$(bases | tail -n 1)
    [ -n "$newest" ] || return 0
    first=$(first_segment "$newest")
    wanted=$((16#${first:8:8} * 256 + 16#${first:16:8}))
    for segment in "$ARCHIVE/wal/${first:0:8}"????????????????.gz; do
        segment=${segment##*/} segment=${segment%.gz}
        [[ ! $segment < $first ]] || continue
        number=$((16#${segment:8:8} * 256 + 16#${segment:16:8}))
        if [ "$number" != "$wanted" ]; then
            printf '%s%08X%08X\n' "${first:0:8}" $((wanted / 256)) $((wanted % 256))
            return
        fi
        wanted=$((number + 1))
    done
}

# lock FOLDER SECONDS: one at a time writes there, as far as the image knows flock: base backups in the archive, a restore in
# PostgreSQL's volume. Fails after as many seconds.
lock() {
    # A volume that nobody has written to need not be ours yet.
    { command -v flock >/dev/null && [ -w "$1" ]; } || return 0
    exec {LOCK}>"$1/.lock"
    flock -w "$2" "$LOCK"
}
unlock() { [ -z "${LOCK:-}" ] || exec {LOCK}>&-; }

# Bookings that were ever confirmed, and the time; the last that is known if all else is lost. It holds nobody up for long.
note_bookings() {
    local count note=$ARCHIVE/.last-known.$HOSTNAME.$$
    count=$(PGOPTIONS='-c statement_timeout=1500 -c lock_timeout=200' \
        psql -XAtq -d booking -c 'SELECT count(*) FROM bookings WHERE confirmed_at IS NOT NULL' 2>/dev/null) || return 0
    # Who takes a backup by hand notes it beside the loop.
    if ! { printf '%s %s\n' "$count" "$(date -u +"$TIME_FORMAT")" >"$note" && sync "$note" && mv "$note" "$ARCHIVE/last-known"; }; then
        rm -f "$note"
    fi
}
