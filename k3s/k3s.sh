# shellcheck shell=bash
# k3s itself: sourced by install.

K3S=/usr/local/bin/k3s
RELEASES=https://github.com/k3s-io/k3s/releases/download
SOURCES=https://raw.githubusercontent.com/k3s-io/k3s
CONFIG=/etc/rancher/k3s/config.yaml.d/event-platform.yaml
SYSCTL=/etc/sysctl.d/90-event-platform-k3s.conf
UNIT=k3s

k3s_runs() { systemctl is-active --quiet "$UNIT"; }

# What can be known to be too little before anything long begins.
check_machine() {
    local memory disk port program
    step machine "this machine"
    is_root || fail "k3s needs root; run sudo k3s/install, or k3s/install --cluster-only on a cluster that is there"
    [ -d /run/systemd/system ] || fail "k3s/install needs systemd; on another init, install k3s by hand and run k3s/install --cluster-only"
    for program in curl iptables; do
        have "$program" || fail "there is no $program; install it and run k3s/install again"
    done
    memory=$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1024))
    disk=$(df --output=avail -m /var/lib | tail -1)
    if [ "${CHECKS:-on}" = on ] && ! k3s_runs; then
        [ "$memory" -ge 7400 ] || fail "this machine has $memory MB of memory, the platform with its defaults needs 8 GB; take a larger one, or set spec.memoryBudget and replicas lower in an EventPlatform of your own and run CHECKS=off k3s/install --platform FILE"
        [ "$disk" -ge 15000 ] || fail "/var/lib has $((disk / 1024)) GB left, k3s and the platform need 15; make room, or run CHECKS=off k3s/install"
        for port in 80 443 6443 10250; do
            [ -z "$(ss -Hltn "sport = :$port" 2>/dev/null)" ] || fail "port $port is taken by another program, and k3s needs it; ss -ltnp 'sport = :$port' names it"
        done
    fi
    step_ok "$((memory / 1024)) GB of memory, $((disk / 1024)) GB of disk left"
}

# What the kubelet counts on; it is told to insist (protect-kernel-defaults).
set_kernel() {
    cat >"$SYSCTL.new" <<'END'
kernel.keys.root_maxbytes = 25000000
kernel.keys.root_maxkeys = 1000000
kernel.panic = 10
kernel.panic_on_oops = 1
vm.overcommit_memory = 1
vm.panic_on_oom = 0
END
    mv -f "$SYSCTL.new" "$SYSCTL"
    sysctl --quiet --load="$SYSCTL"
}

# The program, verified, and the release's own installer, which makes the service and k3s-uninstall.sh.
fetch_k3s() {
    local version=${K3S_VERSION/+/%2B} machine name=k3s sums
    machine=$(machine)
    [ "$machine" = amd64 ] || name=k3s-$machine
    sums=sha256sum-$machine.txt
    mkdir -p "$CACHE/$K3S_VERSION"
    cd "$CACHE/$K3S_VERSION" || return
    # What was put here by hand is as good: the folder is this version's.
    [ -s "$sums" ] || download "$RELEASES/$version/$sums" "$sums" || return
    verified "$name" "$sums" "$name" 2>/dev/null || download "$RELEASES/$version/$name" "$name" || return
    if ! verified "$name" "$sums" "$name"; then
        rm -f "$name"
        echo "$name is not what the release's $sums says"
        return 1
    fi
    [ -s install.sh ] || download "$SOURCES/$version/install.sh" install.sh
}

start_k3s() {
    install -m 755 "$CACHE/$K3S_VERSION/$1" "$K3S.new" && mv -f "$K3S.new" "$K3S" || return
    INSTALL_K3S_SKIP_DOWNLOAD=true INSTALL_K3S_EXEC=server sh "$CACHE/$K3S_VERSION/install.sh"
}

install_k3s() {
    local changed=0 name=k3s
    [ "$(machine)" = amd64 ] || name=k3s-$(machine)
    step k3s "$K3S_VERSION"
    set_kernel
    if ! cmp -s "$ROOT/k3s/config.yaml" "$CONFIG"; then
        install -D -m 600 "$ROOT/k3s/config.yaml" "$CONFIG"
        changed=1
    fi
    if [[ $("$K3S" --version 2>/dev/null) != *" $K3S_VERSION "* ]]; then
        step_note "downloading $K3S_VERSION"
        step_run "$LOG" report_plain fetch_k3s \
            || fail "k3s could not be downloaded: $(tail -1 "$LOG"); run k3s/install again, or put $name, sha256sum-$(machine).txt and install.sh of that release into $CACHE/$K3S_VERSION"
        step_note "starting $K3S_VERSION"
        step_run "$LOG" report_plain start_k3s "$name" || fail "k3s did not start: $(tail -1 "$LOG"); journalctl -u $UNIT says why"
    elif [ "$changed" = 1 ] && k3s_runs; then
        step_note "restarting with its new configuration"
        systemctl restart "$UNIT" || fail "k3s did not start with k3s/config.yaml; journalctl -u $UNIT says why"
    elif ! k3s_runs; then
        step_note "starting"
        systemctl start "$UNIT" || fail "k3s did not start; journalctl -u $UNIT says why"
    fi
    step_ok "$K3S_VERSION"
}

import_images() {
    local file count=0
    [ -n "${IMAGES_DIR:-}" ] || return 0
    step images "$IMAGES_DIR"
    for file in "$IMAGES_DIR"/*.tar "$IMAGES_DIR"/*.tar.gz; do
        [ -e "$file" ] || continue
        step_show "${file##*/}"
        case $file in
            *.gz) gunzip -c "$file" ;;
            *) cat "$file" ;;
        esac | "$K3S" ctr --namespace k8s.io images import - >"$LOG" 2>&1 || fail "${file##*/} could not be imported: $(tail -1 "$LOG")"
        count=$((count + 1))
    done
    [ "$count" != 0 ] || fail "IMAGES_DIR=$IMAGES_DIR has no *.tar and no *.tar.gz; docker save IMAGE -o FILE.tar makes one"
    step_ok "$count files"
}
