#!/usr/bin/env bash
# A base backup now, whole or not at all; then older ones go, and the WAL that only they needed.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

take() {
    local part=$ARCHIVE/base/.$HOSTNAME.$$.part name
    trap 'rm -rf "$part"' EXIT
    mkdir -p "$part"
    # First, so that no segment from the backup's beginning on is let go.
    touch "$ARCHIVE/wanted"
    rm -f "$ARCHIVE/suspended"
    pg_basebackup --pgdata="$part" --format=tar --compress=1 --wal-method=stream --checkpoint=fast --no-password \
        --label="event platform"
    tar -xzOf "$part/base.tar.gz" backup_label >"$part/backup_label"
    sync "$part"/*
    # Two may end in the same second.
    until name=$(date -u +"$TIME_FORMAT") && [ ! -e "$ARCHIVE/base/$name" ] && mv -T "$part" "$ARCHIVE/base/$name"; do
        [ -e "$ARCHIVE/base/$name" ] || return 1
        sleep 0.2
    done
    sync "$ARCHIVE/base"
    trap - EXIT
    say "backup: $name is taken, $(du -sh "$ARCHIVE/base/$name" | cut -f1)"
}

mkdir -p "$ARCHIVE/base"
# What was cut off hours ago.
find "$ARCHIVE/base" -mindepth 1 -maxdepth 1 -name '.*.part' -mmin +360 -exec rm -rf {} +
find "$ARCHIVE" -maxdepth 1 -name '.last-known.*' -mmin +360 -delete
prune
take
prune
if [ -e "$ARCHIVE/suspended" ]; then
    # There was no room while it was taken: what it needs further is not all there. Now that older ones are gone there may be.
    take
    prune
fi
if [ -e "$ARCHIVE/suspended" ]; then
    say "backup: WAL is NOT kept: one base backup and its WAL don't fit into $ARCHIVE_LIMIT_MB MB; ${ROOM_ADVICE:-raise ARCHIVE_LIMIT_MB and run make backup}" >&2
    exit 1
fi
note_bookings
say "backup: $(bases | wc -l) kept, $(used_mb) of $ARCHIVE_LIMIT_MB MB used"
