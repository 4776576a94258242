# shellcheck shell=bash
# Processes of a unit that outlived who watched them: workers of an nginx that was killed, a program whose runsv was killed.
# They would hold the unit's port against its next start. Sourced by the units' run scripts, too.

# leftovers DIR: ids of processes other than this one whose working folder is DIR, the unit's own. A person's shell that
# happens to be there has a terminal, which no unit has.
leftovers() {
    local link pid terminal
    while IFS= read -r link; do
        pid=${link#/proc/}
        pid=${pid%/cwd}
        terminal=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d' ' -f5) || continue
        if [ "$terminal" = 0 ] && [ "$pid" != "$$" ]; then printf '%s\n' "$pid"; fi
    done < <(find /proc/[0-9]*/cwd -maxdepth 0 -lname "$1" 2>/dev/null || true)
}

# end_leftovers DIR: asks them to end, and after five seconds makes them.
end_leftovers() {
    local pids waited
    mapfile -t pids < <(leftovers "$1")
    [ "${#pids[@]}" != 0 ] || return 0
    kill "${pids[@]}" 2>/dev/null || true
    for ((waited = 0; waited < 50; waited++)); do
        mapfile -t pids < <(leftovers "$1")
        [ "${#pids[@]}" != 0 ] || return 0
        sleep 0.1
    done
    kill -KILL "${pids[@]}" 2>/dev/null || true
}
