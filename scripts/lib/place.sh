# shellcheck shell=bash
# Where the platform lives and as whom it runs.
#
# PostgreSQL refuses to run as root, and nothing else needs to: started by root, every process runs as the account
# `event-platform`. What that account must read (data, copies of the programs and of the SPA) is $STATE: $RUN_DIR/state, or,
# when the checkout lies where others can't look, a folder in /var/lib that $RUN_DIR/state links to.

ACCOUNT=event-platform
STATE=$RUN_DIR/state
LOGS=$RUN_DIR/logs

prepare_run_dir() {
    mkdir -p "$RUN_DIR" "$LOGS"
    chmod 700 "$LOGS"
    if is_root; then RUN_USER=$ACCOUNT; else RUN_USER=$(id -un); fi
    export RUN_USER
}

# One `make up` or `make down` at a time for a folder; the lock ends with the process.
take_lock() {
    exec 9>"$RUN_DIR/lock"
    flock -n 9 || fail "another make up or make down is working in ${RUN_DIR#"$ROOT"/}; wait for it to end"
}

make_account() {
    is_root || return 0
    id "$ACCOUNT" >/dev/null 2>&1 && return
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$ACCOUNT" \
        || fail "could not make the account $ACCOUNT that the platform runs as; run: useradd --system $ACCOUNT"
}

# as_runner COMMAND…: runs COMMAND as the platform's account.
as_runner() {
    if is_root; then chpst -u "$RUN_USER:$RUN_USER" "$@"; else "$@"; fi
}

place_state() {
    local outside
    make_account
    if [ -L "$STATE" ] && [ ! -d "$STATE/" ]; then rm -f "$STATE"; fi
    if [ ! -e "$STATE" ]; then
        if as_runner test -x "$RUN_DIR"; then
            mkdir -p "$STATE"
        else
            # What lies there belongs to a .run that is gone.
            outside=/var/lib/event-platform/$(printf '%s' "$RUN_DIR" | sha256sum | cut -c1-16)
            rm -rf "$outside"
            mkdir -p "$outside"
            ln -sfn "$outside" "$STATE"
        fi
    fi
    mkdir -p "$STATE/data" "$STATE/bin" "$STATE/conf" "$STATE/tmp"
    is_root && chown "$RUN_USER:$RUN_USER" "$STATE/data" "$STATE/tmp"
    chmod 700 "$STATE/tmp"
    # Processes get the real path: theirs must not depend on folders that they can't enter.
    STATE=$(cd "$STATE" && pwd -P)
    as_runner test -w "$STATE/data" \
        || fail "$RUN_USER can't write to $STATE/data; a platform started by another account left it: run make down as that account, then rm -rf ${RUN_DIR#"$ROOT"/}"
}

# Prefix of a unit's command line: as whom it runs.
set_runner_prefix() {
    CHPST=(chpst -o 65536)
    ! is_root || CHPST+=(-u "$RUN_USER:$RUN_USER")
}

runner_dir() {
    mkdir -p "$1"
    ! is_root || chown "$RUN_USER:$RUN_USER" "$1"
    chmod 700 "$1"
}

# write_as_runner FILE: stdin becomes FILE, readable by the platform's account alone; FILE_CHANGED tells whether it differs.
write_as_runner() {
    local new
    new=$(cat)
    FILE_CHANGED=0
    [ "$new" = "$(cat "$1" 2>/dev/null)" ] && return
    # shellcheck disable=SC2034 # read by the caller
    FILE_CHANGED=1
    printf '%s\n' "$new" | write_private "$1"
    ! is_root || chown "$RUN_USER:$RUN_USER" "$1"
}
