# shellcheck shell=bash
# Sourced by the scripts here: versions, and where things are.

# shellcheck source=../../scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
# For those who source this, and what this sources.
# shellcheck disable=SC2034
{
    # shellcheck source=../../scripts/lib/packages.sh
    . "$SCRIPTS/lib/packages.sh"
    HERE=$ROOT/k3s/testcluster
    CLUSTER=${TESTCLUSTER_DIR:-$ROOT/target/testcluster}
    BIN=$CLUSTER/bin
    BUILD=$CLUSTER/build
    IMAGES=$CLUSTER/images
    RUN=$CLUSTER/run
    RUN_DIR=$CLUSTER
    KUBECONFIG_FILE=$RUN/admin.kubeconfig
    # kubectl exec over WebSocket loses output now and then on a busy machine ("Unknown stream id").
    export KUBECTL_REMOTE_COMMAND_WEBSOCKETS=false

    # What the scripts need of Debian, as in scripts/lib/packages.sh.
    CLUSTER_PACKAGES=(
        cc:gcc
        '/usr/lib/*-linux-gnu/libc.a:libc6-dev'
        containerd:containerd
        runc:runc
        /usr/lib/cni/bridge:containernetworking-plugins
        etcd:etcd-server
        iptables:iptables
        conntrack:conntrack
        ip:iproute2
        mount:mount
        openssl:openssl
        python3:python3
    )
}

# A step that installs what is missing; nothing of the system's own is started, now or at the next boot.
ensure_cluster_packages() {
    local missing
    mapfile -t missing < <(missing_packages "${CLUSTER_PACKAGES[@]}")
    [ "${#missing[@]}" != 0 ] || return 0
    mkdir -p "$CLUSTER/logs"
    trap '[ "$FORBIDDEN" = 0 ] || allow_service_starts' EXIT
    ensure_packages "${CLUSTER_PACKAGES[@]}"
    trap - EXIT
    [ ! -d /run/systemd/system ] || as_root systemctl disable --quiet containerd etcd 2>/dev/null || true
}

# apt-get without words, into folders that only root may enter.
apt_quietly() { apt-get -qq -o APT::Sandbox::User=root -o APT::Install-Recommends=false -o DPkg::Lock::Timeout=300 "$@"; }

ctr() { command ctr -a "$RUN/containerd/containerd.sock" -n k8s.io "$@"; }
kubectl() { "$BIN/kubectl" --kubeconfig "$KUBECONFIG_FILE" --cache-dir "$RUN/kubectl" "$@"; }
