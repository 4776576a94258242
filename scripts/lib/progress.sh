# shellcheck shell=bash
# One line a step: rewritten in place on a terminal, printed once when done elsewhere.

if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ]; then TERMINAL=1; else TERMINAL=0; fi
MARK_OK='✓'
MARK_FAIL='✗'
if [ "$TERMINAL" = 1 ] && [ -z "${NO_COLOR:-}" ]; then
    MARK_OK=$'\033[32m✓\033[0m'
    MARK_FAIL=$'\033[31m✗\033[0m'
fi
STEP_NAME=
STEP_TEXT=
STEP_START=0

# Seconds as people say them: "14 s", "3 m 10 s".
humane() {
    if [ "$1" -lt 60 ]; then printf '%d s' "$1"; else printf '%d m %02d s' $(($1 / 60)) $(($1 % 60)); fi
}

step_line() { printf '  %-12s %s' "$STEP_NAME" "$1"; }

# step NAME TEXT: begins a step.
step() {
    STEP_NAME=$1 STEP_TEXT=$2 STEP_START=$SECONDS
    step_show "$2"
}

# step_show TEXT: what the step is doing now.
step_show() {
    STEP_TEXT=$1
    [ "$TERMINAL" = 1 ] || return 0
    local width line
    width=$(tput cols 2>/dev/null || echo 80)
    line=$(step_line "$1")
    printf '\r\033[K%s' "${line:0:width}"
}

# step_note TEXT: for a wait worth a line of its own where lines can't be rewritten.
step_note() {
    step_show "$1"
    if [ "$TERMINAL" = 0 ]; then
        step_line "$1 …"
        printf '\n'
    fi
}

# step_ok TEXT: ends the step; tells the time it took when that was noticeable.
step_ok() {
    local took=$((SECONDS - STEP_START)) line
    line=$(step_line "$1")
    [ "$TERMINAL" = 1 ] && printf '\r\033[K'
    printf '%s %s' "$line" "$MARK_OK"
    [ "$took" -ge 3 ] && printf ' %s' "$(humane "$took")"
    printf '\n'
    STEP_NAME=
}

# Leaves the terminal's cursor on a line of its own when a step ends badly.
step_abort() {
    [ -n "$STEP_NAME" ] || return 0
    if [ "$TERMINAL" = 1 ]; then printf '\n'; else
        step_line "$STEP_TEXT $MARK_FAIL"
        printf '\n'
    fi
    STEP_NAME=
}

# bar DONE TOTAL: a bar of 14 cells.
bar() {
    local filled=$(($2 > 0 ? $1 * 14 / $2 : 0)) i out=
    for ((i = 0; i < 14; i++)); do if [ "$i" -lt "$filled" ]; then out+='█'; else out+='░'; fi; done
    printf '%s' "$out"
}

# step_run LOG REPORT COMMAND…: runs COMMAND with its output in LOG; meanwhile REPORT (a function that reads LOG and prints
# a text) keeps the line alive. Answers the command's status.
step_run() {
    local log=$1 report=$2 text=$STEP_TEXT shown=-1 pid status=0
    shift 2
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    STEP_CHILD=$pid
    while kill -0 "$pid" 2>/dev/null; do
        if [ "$TERMINAL" = 1 ]; then
            step_show "$($report "$log" "$text")  $(humane $((SECONDS - STEP_START)))"
            sleep 0.4
        else
            sleep 0.2
            if [ $(((SECONDS - STEP_START) / 60)) -gt "$shown" ]; then
                shown=$(((SECONDS - STEP_START) / 60))
                [ "$shown" = 0 ] || step_note "$($report "$log" "$text")  $(humane $((SECONDS - STEP_START)))"
            fi
        fi
    done
    wait "$pid" || status=$?
    STEP_CHILD=
    STEP_TEXT=$text
    return "$status"
}
# shellcheck disable=SC2034 # whoever ends the script early ends it too
STEP_CHILD=

report_plain() { printf '%s' "$2"; }
