#!/usr/bin/env bash
# Before PostgreSQL starts: an empty volume beside base backups is a lost one, and must not be begun on anew. A restore that was cut
# off in the middle of its swap leaves either the database it was to replace, or the one that it brought back.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

lock "${PGDATA%/*}" 0 || { say "a restore is working on the volume; wait for it to end" >&2; exit 1; }
if [ ! -e "$PGDATA" ] && [ -e "$PGDATA.old" ]; then
    mv -T "$PGDATA.old" "$PGDATA"
    sync "${PGDATA%/*}"
fi
rm -rf "$PGDATA.new" "$PGDATA.old"
mapfile -t all < <(bases)
if [ "${#all[@]}" != 0 ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    say "the volume is empty, but the archive has ${#all[@]} base backups of it, the newest of $(readable "${all[-1]}"); $EMPTY_ADVICE" >&2
    exit 1
fi
