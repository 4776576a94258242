# shellcheck shell=bash
# What a test cluster leaves on the machine when it is not there to tidy up, from whatever folder it ran: one whose processes were
# killed keeps its pods' network namespaces, and a pod of the next one with the same address would be answered from there.

# Whose Kubernetes runs on this machine, in words; nothing when there is none. The pods of a k3s that is stopped go on.
running_kubernetes() {
    {
        ss -Hltnp 'sport = :6443 or sport = :10250' | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1, process \2/p'
        find /proc/[0-9]*/cwd -maxdepth 0 -lname '/run/k3s/*' -printf 'k3s, process %h\n' 2>/dev/null | sed 's|/proc/||'
    } | sort -u | sed -n 1p || true
}

# Programs of pods, and those that watch over them, whose folder is a test cluster's.
leftover_processes() {
    find "${CGROUPS[@]}" -name cgroup.procs -exec cat {} + 2>/dev/null || true
    find /proc/[0-9]*/cwd -maxdepth 0 \( -lname "$RUN/*" -o -lname "$OTHERS/*" \) 2>/dev/null | cut -d/ -f3 || true
}

end_leftovers() {
    local pids _
    for _ in $(seq 50); do
        mapfile -t pids < <(leftover_processes | sort -u)
        [ "${#pids[@]}" != 0 ] || break
        kill -KILL "${pids[@]}" 2>/dev/null || true
        sleep 0.05
    done
}

# Some are gone with those that they lie in.
remove_mounts() {
    local mount
    cut -d' ' -f2 /proc/mounts | sort -r | while read -r mount; do
        # shellcheck disable=SC2053 # a pattern
        [[ $mount != "$RUN"/* && $mount != $OTHERS/* ]] || umount -l "$mount" 2>/dev/null || true
    done
}

remove_network() {
    local name tables rules
    ip netns list | awk '/^cni-/ { print $1 }' | while read -r name; do ip netns delete "$name"; done
    ip link delete cni0 2>/dev/null || true
    for tables in iptables ip6tables; do
        # A machine without any, or whose kernel has no tables for IPv6, is left alone.
        rules=$("$tables-save" 2>/dev/null) || continue
        ! grep -qE 'KUBE-|CNI-' <<<"$rules" || grep -vE 'KUBE-|CNI-' <<<"$rules" | "$tables-restore" --wait 10
    done
}

# What the kubelet and containerd put elsewhere, whatever they are told; others may have theirs beside it.
remove_strays() {
    find /var/log/containers \( -lname "$RUN/*" -o -lname "$OTHERS/*" \) -delete 2>/dev/null || true
    rm -f /var/lib/kubelet/device-plugins/kubelet.sock
    rmdir -p --ignore-fail-on-non-empty /var/lib/kubelet/device-plugins /var/log/containers /var/lib/cni/results \
        /run/containerd/s /run/containerd/runc/k8s.io 2>/dev/null || true
    find "${CGROUPS[@]}" -depth -type d -exec rmdir {} + 2>/dev/null || true
}

# All of it; while another Kubernetes runs here, only the processes and mounts of this folder's.
sweep() {
    local alone=1
    [ -z "$(running_kubernetes)" ] || alone=0
    OTHERS=$RUN CGROUPS=(/nonexistent)
    if [ "$alone" = 1 ]; then
        OTHERS='*/testcluster/run'
        mapfile -t CGROUPS < <(find /sys/fs/cgroup -maxdepth 2 -type d -name kubepods)
        [ "${#CGROUPS[@]}" != 0 ] || CGROUPS=(/nonexistent)
    fi
    end_leftovers
    remove_mounts
    [ "$alone" = 1 ] || return 0
    remove_network
    remove_strays
}
