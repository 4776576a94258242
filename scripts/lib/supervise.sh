# shellcheck shell=bash
# Every process runs under runit: restarted within a second when it ends, its output in a log that rotates.

# shellcheck source=leftovers.sh
. "$SCRIPTS/lib/leftovers.sh"

SV_DIR=$RUN_DIR/sv
SUPERVISOR_LINE="runsvdir -P $SV_DIR"

# Order of starting; stopping goes the other way round.
UNITS=(epmd postgres redis rabbitmq mail sandbox auth catalog booking payment worker entrance)

# is_supervisor PID: an id alone would not do, after a restart of the machine another process may have it.
is_supervisor() { [ "$(tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null)" = "$SUPERVISOR_LINE " ]; }

# Id of this folder's supervisor; it is found even when its folder was deleted under it.
supervisor_pid() {
    local pid comm
    pid=$(cat "$RUN_DIR/supervisor.pid" 2>/dev/null) || pid=
    if [ -n "$pid" ] && is_supervisor "$pid"; then
        printf '%s' "$pid"
        return
    fi
    for comm in /proc/[0-9]*/comm; do
        [ "$(cat "$comm" 2>/dev/null)" = runsvdir ] || continue
        pid=${comm#/proc/}
        pid=${pid%/comm}
        is_supervisor "$pid" || continue
        printf '%s' "$pid"
        return
    done
    return 1
}

is_up() { supervisor_pid >/dev/null; }

# unit_changed NAME [0|1]: remembers, also for a later run, that the unit's program or settings are no longer what it runs with.
unit_changed() {
    [ "${2:-1}" = 0 ] && return
    mkdir -p "$SV_DIR/$1"
    touch "$SV_DIR/$1/stale"
}

# unit NAME COMMAND: (re)writes the unit's folder. COMMAND is what it runs, quoted for a shell: with the variables of
# $SV_DIR/NAME/env, in a working folder of its own, as the platform's account. Lines on stdin run before it.
unit() {
    local dir=$SV_DIR/$1 home=$STATE/data/$1 log=$LOGS/$1 new
    mkdir -p "$dir/log" "$log"
    chmod 700 "$SV_DIR" "$dir"
    runner_dir "$home"
    touch "$dir/env"
    chmod 600 "$dir/env"
    new=$(
        printf '#!/bin/bash\nexec 2>&1\nset -eu\n. %q\nend_leftovers %q\n' "$SCRIPTS/lib/leftovers.sh" "$home"
        printf 'set -a; . ./env; set +a\ncd %q\n' "$home"
        cat
        printf 'exec %s %s\n' "${CHPST[*]}" "$2"
    )
    if [ "$new" != "$(cat "$dir/run" 2>/dev/null)" ]; then
        unit_changed "$1"
        printf '%s\n' "$new" >"$dir/run.new"
        chmod 755 "$dir/run.new"
        mv -f "$dir/run.new" "$dir/run"
    fi
    printf '#!/bin/bash\nexec svlogd %q\n' "$log" >"$dir/log/run"
    chmod 755 "$dir/log/run"
    # Five files of 4 MB each.
    printf 's4000000\nn5\n' >"$log/config"
    is_up || touch "$dir/down"
}

# unit_stops_by NAME SIGNAL: for programs that take SIGTERM for something else than "end soon, but orderly".
unit_stops_by() {
    mkdir -p "$SV_DIR/$1/control"
    # shellcheck disable=SC2016 # expanded when it runs
    printf '#!/bin/bash\nexec kill -%s "$(cat supervise/pid)"\n' "$2" >"$SV_DIR/$1/control/t"
    chmod 755 "$SV_DIR/$1/control/t"
}

# unit_env NAME: the unit's variables, NAME=value lines on stdin, replace those before.
unit_env() {
    local dir=$SV_DIR/$1 new line
    mkdir -p "$dir"
    chmod 700 "$dir"
    new=$(while IFS= read -r line; do printf '%s=%q\n' "${line%%=*}" "${line#*=}"; done)
    [ "$new" != "$(cat "$dir/env" 2>/dev/null)" ] || return 0
    unit_changed "$1"
    printf '%s\n' "$new" | write_private "$dir/env"
}

# Starts the supervisor, which starts nothing by itself yet. It inherits nothing from us but a PATH.
start_supervisor() {
    local waited=0 name
    is_up && return
    rm -f "$RUN_DIR/supervisor.pid"
    # shellcheck disable=SC2016 # expanded by the shell that it starts
    env -i PATH="$PATH" HOME=/nonexistent LANG=C.UTF-8 \
        setsid bash -c 'cd "$1"; echo $$ >"$1/supervisor.pid"; exec runsvdir -P "$1/sv"' supervisor "$RUN_DIR" \
        >/dev/null 2>&1 </dev/null 9>&- &
    for name in "${UNITS[@]}"; do
        [ -d "$SV_DIR/$name" ] || continue
        until sv status "$SV_DIR/$name" >/dev/null 2>&1; do
            [ "$waited" -lt 100 ] || fail "the supervisor did not start; run it by hand to see why: $SUPERVISOR_LINE"
            waited=$((waited + 1))
            sleep 0.1
        done
    done
}

# Starts a unit; restarts it when it runs with what is no longer so.
start_unit() {
    if [ -e "$SV_DIR/$1/stale" ] && unit_runs "$1"; then
        sv -w 40 force-restart "$SV_DIR/$1" >/dev/null
    else
        sv up "$SV_DIR/$1" >/dev/null
    fi
    rm -f "$SV_DIR/$1/stale"
}

unit_runs() { sv status "$SV_DIR/$1" 2>/dev/null | grep -q '^run:'; }

unit_pid() { cat "$SV_DIR/$1/supervise/pid" 2>/dev/null; }

# From now on units start by themselves, even when runsv itself was killed.
keep_units() {
    local name
    for name in "${UNITS[@]}"; do rm -f "$SV_DIR/$name/down"; done
}

# last_words NAME: the line of the unit's log that most likely tells why it failed.
last_words() {
    local line
    line=$(tail -n 60 "$LOGS/$1/current" 2>/dev/null | grep -iE 'error|fatal|panic|emerg|refused' | tail -1) \
        || line=$(tail -n 1 "$LOGS/$1/current" 2>/dev/null) || true
    plain_message "$line"
}

# plain_message LINE: the message of a JSON log line, any other line as it is; at most 400 characters.
plain_message() {
    local line=$1
    if [[ $line =~ \"(message|error)\":\"(([^\"\\]|\\.)*)\" ]]; then
        line=${BASH_REMATCH[2]}
        line=${line//\\\"/\"}
    fi
    printf '%s' "${line:0:400}"
}

# stop_platform: stops all units in reverse order, then the supervisor; nothing of it is left, however long a unit resists.
stop_platform() {
    local pid i name left watched
    pid=$(supervisor_pid) || { sweep; return 0; }
    for ((i = ${#UNITS[@]} - 1; i >= 0; i--)); do
        name=${UNITS[i]}
        [ -d "$SV_DIR/$name/supervise" ] || continue
        touch "$SV_DIR/$name/down"
        case $name in
            # These drain together, then what they lean on stops.
            postgres | redis | rabbitmq | epmd) ;;
            *) sv down "$SV_DIR/$name" >/dev/null 2>&1 || true ;;
        esac
    done
    for name in entrance worker payment booking catalog auth sandbox mail rabbitmq redis postgres epmd; do
        [ -d "$SV_DIR/$name/supervise" ] || continue
        # A drain lasts up to 25 s; after 30 s the process is killed.
        sv -w 30 force-stop "$SV_DIR/$name" >/dev/null 2>&1 || true
    done
    # It tells the runsv processes to end, and those wait for what they run.
    mapfile -t -d ' ' watched <"/proc/$pid/task/$pid/children" 2>/dev/null || watched=()
    kill -HUP "$pid" 2>/dev/null || true
    for pid in "$pid" "${watched[@]}"; do
        for ((left = 350; left > 0; left--)); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
    done
    sweep
    rm -f "$RUN_DIR/supervisor.pid"
}

# Ends what outlived its supervisor: runsv processes of this folder, and what they ran.
sweep() {
    local name
    for name in "${UNITS[@]}"; do
        sv status "$SV_DIR/$name" >/dev/null 2>&1 || continue
        touch "$SV_DIR/$name/down"
        sv -w 30 force-shutdown "$SV_DIR/$name" >/dev/null 2>&1 || true
    done
    [ -d "$STATE" ] || return 0
    for name in "${UNITS[@]}"; do end_leftovers "$(readlink -f "$STATE")/data/$name"; done
}
