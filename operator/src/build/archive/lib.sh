# shellcheck shell=bash
# What lies in the archive:
#   base/<time>/  base backups, named by the time they ended: base.tar.gz, pg_wal.tar.gz, backup_manifest, backup_label
#   wal/          compressed segments of WAL, from the oldest base backup on
#   wanted        there is, or will be, a base backup: WAL is worth keeping
#   suspended     the segment from which on WAL was not kept, for want of room
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

is_full() { [ $(("$(used_mb)" * 100)) -ge $((ARCHIVE_LIMIT_MB * ${1:-80})) ]; }

drop_oldest() {
    local oldest
    oldest=$(bases | head -n 1)
    rm -rf "${ARCHIVE:?}/base/$oldest"
    drop_wal
    say "backup: $oldest and the WAL that only it needed are removed${1:+, $1}"
}

# WAL from before the oldest base backup.
drop_wal() {
    local oldest first
    [ -d "$ARCHIVE/wal" ] || return 0
    # Somebody else may be removing the same segments, or that very base backup.
    for _ in 1 2 3; do
        oldest=$(bases | head -n 1)
        [ -n "$oldest" ] || return 0
        if first=$(first_segment "$oldest") && [ -n "$first" ] && pg_archivecleanup -x .gz "$ARCHIVE/wal" "$first"; then return 0; fi
    done
    return 1
}

# Keeps the newest $BACKUP_KEEP base backups, and fewer of them where there is no room for as many; never less than one.
prune() {
    while [ "$(bases | wc -l)" -gt "${BACKUP_KEEP:-7}" ]; do drop_oldest; done
    ! is_full 80 || while is_full 60 && [ "$(bases | wc -l)" -gt 1 ]; do
        drop_oldest "for the archive is nearly at its limit of $ARCHIVE_LIMIT_MB MB"
    done
    drop_wal
}

# Bookings that were ever confirmed, and the time; the last that is known if all else is lost.
note_bookings() {
    local count
    count=$(psql -XAtq -d booking -c 'SELECT count(*) FROM bookings WHERE confirmed_at IS NOT NULL' 2>/dev/null) || return 0
    # Who takes a backup by hand notes it beside the loop.
    printf '%s %s\n' "$count" "$(date -u +"$TIME_FORMAT")" >"$ARCHIVE/.last-known.$HOSTNAME.$$"
    mv "$ARCHIVE/.last-known.$HOSTNAME.$$" "$ARCHIVE/last-known"
}
