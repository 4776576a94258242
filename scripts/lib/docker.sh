# shellcheck shell=bash
# A Docker of its own for tests: Debian's containerd and dockerd in namespaces of their own (processes, mounts, network), so that
# it shares no firewall rule, bridge, port or folder with a Docker that runs on this machine. Whatever ends the script that started
# it, kill -9 too, the kernel ends them with it, every container and mount among them.

DOCKER_RUN=$COMPOSE_TEST/docker
DOCKER_CGROUP=event-platform-compose-test
DOCKER_INIT=

DOCKER_PACKAGES=(
    dockerd:docker.io
    containerd:containerd
    runc:runc
    iptables:iptables
    ip:iproute2
    ss:iproute2
    nsenter:util-linux
)

# Control groups and files are all that one which was killed leaves.
sweep_docker() {
    find /sys/fs/cgroup -depth -type d -path "*/$DOCKER_CGROUP*" -exec rmdir {} + 2>/dev/null || true
    rm -rf "$DOCKER_RUN"
}

# It must be started by the script itself, not by a step that ends before the script does.
start_docker() {
    local launcher _
    [ "${#DOCKER_RUN}" -le 90 ] || fail "$DOCKER_RUN is too long for the address of a socket; set COMPOSE_TEST_DIR to a shorter folder"
    sweep_docker
    mkdir -p "$DOCKER_RUN"
    setpriv --pdeathsig KILL unshare --net --mount --pid --fork --kill-child --mount-proc \
        bash "$SCRIPTS/compose-test/docker-init" "$DOCKER_RUN" "/$DOCKER_CGROUP" >"$DOCKER_RUN/log" 2>&1 </dev/null 9>&- &
    launcher=$!
    DOCKER_LAUNCHER=$launcher
    # Bash need not tell how it ended.
    disown "$launcher"
    export DOCKER_HOST=unix://$DOCKER_RUN/docker.sock
    for _ in $(seq 300); do
        DOCKER_INIT=$(cat "/proc/$launcher/task/$launcher/children" 2>/dev/null) || break
        DOCKER_INIT=${DOCKER_INIT%% *}
        if docker version >/dev/null 2>&1; then return; fi
        sleep 0.2
    done
    fail "Docker did not come up: $(grep -E 'level=(error|fatal)|failed' "$DOCKER_RUN/log" | tail -n 1 | grep . || tail -n 1 "$DOCKER_RUN/log"); see $DOCKER_RUN/log"
}

stop_docker() {
    local _
    [ -n "${DOCKER_LAUNCHER:-}" ] || return 0
    kill -KILL "$DOCKER_LAUNCHER" 2>/dev/null || true
    for _ in $(seq 100); do
        [ -d "/proc/${DOCKER_INIT:-0}" ] || [ -d "/proc/$DOCKER_LAUNCHER" ] || break
        sleep 0.1
    done
    DOCKER_LAUNCHER='' DOCKER_INIT=''
    sweep_docker
}

# inside COMMAND…: where the ports are that Docker publishes.
inside() {
    if [ -n "$DOCKER_INIT" ]; then nsenter --target "$DOCKER_INIT" --net -- "$@"; else "$@"; fi
}

# beside COMMAND…: the same, while the script goes on; its process is in BESIDE, and ends when the script does.
beside() {
    local enter=()
    [ -z "$DOCKER_INIT" ] || enter=(nsenter --target "$DOCKER_INIT" --net --)
    (exec setpriv --pdeathsig KILL "${enter[@]}" "$@" 9>&-) &
    BESIDE=$!
}
BESIDE=

end_beside() {
    [ -z "$BESIDE" ] || kill "$BESIDE" 2>/dev/null || true
    BESIDE=
}

# kill_container ID: its process ends at once, as in a crash. `docker kill` would be a person's will, after which Docker restarts
# nothing.
kill_container() {
    local pid
    pid=$(docker inspect --format '{{.State.Pid}}' "$1")
    if [ -n "$DOCKER_INIT" ]; then nsenter --target "$DOCKER_INIT" --pid --mount -- kill -KILL "$pid"; else kill -KILL "$pid"; fi
}
