#!/usr/bin/env bash
# Whether what is committed now could be restored: there is a base backup of the last day, and WAL gets into the archive.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ -e "$ARCHIVE/suspended" ]; then
    say "the archive is full: WAL is not kept since $(cat "$ARCHIVE/suspended")${ROOM_ADVICE:+; $ROOM_ADVICE}"
    exit 1
fi
if [ -e "$ARCHIVE/gap" ]; then
    say "WAL is missing from $(cat "$ARCHIVE/gap") on; a new base backup will make up for it"
    exit 1
fi
newest=$(bases | tail -n 1)
if [[ $newest < $(date -u -d '26 hours ago' +"$TIME_FORMAT") ]]; then
    say "the newest base backup is ${newest:-not there yet}"
    exit 1
fi
failing=$(psql -XAtqc "SELECT last_failed_wal FROM pg_stat_archiver
    WHERE last_failed_time > coalesce(last_archived_time, '-infinity') AND last_failed_time > now() - interval '5 minutes'")
if [ -n "$failing" ]; then
    say "$failing does not get into the archive; PostgreSQL's log says why"
    exit 1
fi
