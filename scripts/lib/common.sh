# shellcheck shell=bash
# Sourced first by every script: strict mode, where things are, and how to fail.

set -Eeuo pipefail
shopt -s lastpipe

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
SCRIPTS=$ROOT/scripts
export ROOT SCRIPTS

# Debian keeps daemons where an ordinary user's PATH does not look.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

# Programs whose output is read must speak one language; UTF-8 where the system has it.
case $(locale charmap 2>/dev/null) in
    UTF-8) ;;
    *) export LC_ALL=C.UTF-8 ;;
esac
export LANGUAGE=C
umask 022

# shellcheck source=progress.sh
. "$SCRIPTS/lib/progress.sh"

have() { command -v "$1" >/dev/null 2>&1; }

is_root() { [ "$(id -u)" = 0 ]; }

# fail SENTENCE: says what is wrong and what to do, and ends the script, also from within $( ).
fail() {
    step_abort >&2
    printf '\n%s %s\n' "$MARK_FAIL" "$*" >&2
    FAILED=1
    exit "$SPOKEN"
}

# Anything unforeseen says at least where it happened; `fail` has spoken already.
on_error() {
    local status=$? line=$1 command=$2
    if [ "$FAILED" = 1 ] || [ "$status" = "$SPOKEN" ]; then return; fi
    FAILED=1
    step_abort
    printf '\n%s unexpected: %s (line %s of %s) ended with %s\n' \
        "$MARK_FAIL" "$command" "$line" "${BASH_SOURCE[1]#"$ROOT"/}" "$status" >&2
}
readonly SPOKEN=70
FAILED=0
trap 'on_error "$LINENO" "$BASH_COMMAND"' ERR

# write_private FILE: stdin becomes FILE, readable by its owner alone, never half written.
write_private() {
    local new
    new=$(mktemp "$1.XXXXXX")
    cat >"$new"
    mv -f "$new" "$1"
}

# sha256 of the names and contents of the files named on stdin, relative to the checkout.
digest_of_files() {
    (cd "$ROOT" && LC_ALL=C sort | xargs -r -d '\n' sha256sum 2>/dev/null | sha256sum | cut -d' ' -f1)
}

# end_tree PID: asks a process of ours, and those that it started, to end.
end_tree() {
    local child
    # shellcheck disable=SC2013 # ids have no spaces
    for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do end_tree "$child"; done
    kill "$1" 2>/dev/null || true
}
