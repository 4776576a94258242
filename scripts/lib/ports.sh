# shellcheck shell=bash
# Who listens where, read from /proc: no further tool is needed for it.

# listening_inode PORT: the socket that listens on PORT of any address, or nothing.
listening_inode() {
    local hex
    hex=$(printf '%04X' "$1")
    awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10; exit }' \
        /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# process_of_inode INODE: id of a process that holds the socket; nothing when it is another account's.
process_of_inode() {
    local fd
    fd=$(find /proc/[0-9]*/fd -maxdepth 1 -lname "socket:\[$1\]" -print -quit 2>/dev/null) || true
    [ -n "$fd" ] || return 0
    fd=${fd#/proc/}
    printf '%s' "${fd%%/*}"
}

# is_ours PID: whether runsv of this platform, or one of its children, is the process.
is_ours() {
    local pid=$1 line
    while [ "$pid" -gt 1 ]; do
        line=$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) || return 1
        [ "$line" != "${SUPERVISOR_LINE:?} " ] || return 0
        pid=$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status" 2>/dev/null) || return 1
        [ -n "$pid" ] || return 1
    done
    return 1
}

# check_ports: fails naming the first port that a stranger holds, and the way out.
check_ports() {
    local entry name port inode pid holder
    for entry in "${PORTS[@]}"; do
        name=${entry%%:*}
        port=${!name}
        inode=$(listening_inode "$port")
        [ -n "$inode" ] || continue
        pid=$(process_of_inode "$inode")
        if [ -z "$pid" ]; then
            holder="a process of another account"
        elif is_ours "$pid"; then
            continue
        else
            holder="process $pid ($(cat "/proc/$pid/comm" 2>/dev/null || echo gone))"
        fi
        fail "port $port is taken by $holder; stop it or run $name=$((port < 45000 ? port + 10000 : port - 10000)) make up"
    done
}
