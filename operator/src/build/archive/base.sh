#!/usr/bin/env bash
# A base backup now, whole or not at all; then older ones go, and the WAL that only they needed. Ends with 65 where there is no room
# for it, whatever goes.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PART=
trap '[ -z "$PART" ] || rm -rf "$PART"' EXIT

take() {
    local name
    PART=$ARCHIVE/base/.$HOSTNAME.$$.part
    mkdir -p "$PART"
    # First, so that no segment from the backup's beginning on is let go.
    touch "$ARCHIVE/wanted"
    rm -f "$ARCHIVE/suspended"
    pg_basebackup --pgdata="$PART" --format=tar --compress=1 --wal-method=stream --checkpoint=fast --no-password \
        --label="event platform"
    tar -xzOf "$PART/base.tar.gz" backup_label >"$PART/backup_label"
    sync "$PART"/*
    # Two may end in the same second.
    until name=$(date -u +"$TIME_FORMAT") && [ ! -e "$ARCHIVE/base/$name" ] && mv -T "$PART" "$ARCHIVE/base/$name"; do
        [ -e "$ARCHIVE/base/$name" ] || return 1
        sleep 0.2
    done
    PART=
    sync "$ARCHIVE/base"
    # Archiving that is suspended anew has noted both, this one first.
    [ -e "$ARCHIVE/suspended" ] || rm -f "$ARCHIVE/gap"
    say "backup: $name is taken, $(du -sh "$ARCHIVE/base/$name" | cut -f1)"
}

mkdir -p "$ARCHIVE/base"
lock "$ARCHIVE" 3600 || { say "backup: another one has been under way for an hour" >&2; exit 1; }
# What was cut off: at once where nobody else can be writing it.
age=()
command -v flock >/dev/null || age=(-mmin +360)
find "$ARCHIVE/base" -mindepth 1 -maxdepth 1 -name '.*.part' "${age[@]}" -exec rm -rf {} +
find "$ARCHIVE" -maxdepth 1 -name '.last-known.*' -mmin +60 -delete
prune
take
prune
if [ -e "$ARCHIVE/suspended" ]; then
    # There was no room while it was taken: what it needs further is not all there. Now that older ones are gone there may be.
    take
    prune
fi
if [ -e "$ARCHIVE/suspended" ]; then
    say "backup: WAL is NOT kept: two base backups and the WAL between them don't fit into $ARCHIVE_LIMIT_MB MB, or the disk is full; ${ROOM_ADVICE:-raise ARCHIVE_LIMIT_MB, then run docker compose up -d and make backup}" >&2
    exit 65
fi
note_bookings
say "backup: $(bases | wc -l) kept, $(used_mb) of $ARCHIVE_LIMIT_MB MB used"
