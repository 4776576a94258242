# shellcheck shell=bash
# Sourced by the scripts here: versions, and where things are.

# shellcheck source=../../scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"

# For those who source this.
# shellcheck disable=SC2034
{
    HERE=$ROOT/k3s/testcluster
    CLUSTER=${TESTCLUSTER_DIR:-$ROOT/target/testcluster}
    BIN=$CLUSTER/bin
    BUILD=$CLUSTER/build
    IMAGES=$CLUSTER/images
    RUN=$CLUSTER/run
    export KUBECONFIG_FILE=$RUN/admin.kubeconfig

    # The minor release of the k3s that k3s/install pins.
    KUBERNETES_VERSION=v1.34.4
    KUBERNETES_PROGRAMS=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl)
    COREDNS_VERSION=v1.15.0
    LOCAL_PATH_VERSION=v0.0.30
    METRICS_SERVER_VERSION=v0.9.0
    HELM_VERSION=v3.22.0
    KUBECONFORM_VERSION=v0.8.0

    PACKAGES=(containerd runc containernetworking-plugins etcd-server iptables conntrack debootstrap)
}

ctr() { command ctr -a "$RUN/containerd/containerd.sock" -n k8s.io "$@"; }
kubectl() { "$BIN/kubectl" --kubeconfig "$KUBECONFIG_FILE" "$@"; }
