#!/usr/bin/env bash
# archive-wal.sh PATH NAME: PostgreSQL's archive_command. A segment is in the archive, whole and on disk, before PostgreSQL hears
# that it is; one that is there already is never replaced by another.
#
# The archive has bounds: it holds ARCHIVE_LIMIT_MB and leaves ARCHIVE_SPARE_MB of its disk. PostgreSQL would keep a segment that is
# refused until its own disk is full and then stop, so at a bound archiving is suspended, aloud with each segment, until there is a
# new base backup.
set -euo pipefail

path=$1 name=$2
archive=${ARCHIVE:-/archive}
# What helps, for whoever reads PostgreSQL's log.
FULL_ADVICE=${FULL_ADVICE:-run make backup, or raise ARCHIVE_LIMIT_MB, run docker compose up -d and make backup then}
FOREIGN_ADVICE=${FOREIGN_ADVICE:-run make restore, or move the volume "archive" away}
target=$archive/wal/$name.gz

say() { echo "archive: $*" >&2; }

# Without a base backup, or one that begins, there is nothing that WAL could be played onto.
[ -e "$archive/wanted" ] || exit 0
# Notes about base backups, which nothing reads.
[[ $name != *.backup ]] || exit 0

if [ -e "$target" ]; then
    # Handed over again: PostgreSQL was killed before it heard.
    if [ "$(gzip -dc "$target" 2>/dev/null | sha256sum)" != "$(sha256sum <"$path")" ]; then
        say "$name is there with other content: the archive belongs to another database; $FOREIGN_ADVICE"
        exit 1
    fi
    sync "$target" "$archive/wal"
    exit 0
fi

if [[ $name != *.history ]]; then
    if [ ! -e "$archive/suspended" ]; then
        # Files that go while it looks, as a base backup's do, are its error but not ours.
        used=$({ du -sm "$archive" 2>/dev/null || true; } | cut -f1)
        spare=$(df --output=avail -BM "$archive" | tail -n 1)
        if [ "$used" -ge "$ARCHIVE_LIMIT_MB" ] || [ "${spare//[^0-9]/}" -lt "${ARCHIVE_SPARE_MB:-64}" ]; then
            # The gap stays until a base backup is whole; what can't be written on a full disk is at least there.
            for note in gap suspended; do printf '%s\n' "$name" >"$archive/$note" || true; done
        fi
    fi
    if [ -e "$archive/suspended" ]; then
        say "SUSPENDED since $(cat "$archive/suspended"): the archive is at its limit of $ARCHIVE_LIMIT_MB MB, or its disk is full; $FULL_ADVICE"
        exit 0
    fi
fi

mkdir -p "$archive/wal"
gzip -1 -c "$path" >"$target.part"
sync "$target.part"
mv -T "$target.part" "$target"
sync "$archive/wal"
