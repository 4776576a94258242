# shellcheck shell=bash
# The parts of the cluster, each a process in a session of its own: how they are started, waited for and stopped. Their
# working folder is $RUN.

NODE=node1
# The kubelet's and the API server's address: ./up chooses it, and it stays as long as the cluster runs.
NODE_IP=$(cat "$RUN/address" 2>/dev/null) || true
# All above 8 GiB is the kubelet's own: pods are scheduled as on the 8 GB VM.
MEMORY_MI=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
RESERVED_MI=$((MEMORY_MI > 8192 ? MEMORY_MI - 8192 : 0))

# What the kubelet and kube-proxy set, for ./down to set back.
keep_kernel_settings() {
    # Where they are modules: pods' files, and firewall rules for what goes from pod to pod.
    modprobe -qa overlay br_netfilter 2>/dev/null || true
    sysctl net.bridge.bridge-nf-call-iptables net.ipv4.ip_forward net.ipv4.conf.all.route_localnet vm.overcommit_memory vm.panic_on_oom kernel.panic \
        kernel.panic_on_oops kernel.keys.root_maxkeys kernel.keys.root_maxbytes >kernel-settings 2>/dev/null || true
}

# start NAME COMMAND…: in a session of its own, so that it outlives this script; its id in logs/NAME.pid.
start() {
    local name=$1
    shift
    setsid "$@" >>"logs/$name.log" 2>&1 </dev/null &
    printf '%s\n' "$!" >"logs/$name.pid"
}

# await NAME COMMAND…: until the command succeeds; fails with the part's last line when it has ended or takes over a minute.
await() {
    local name=$1 _
    shift
    for _ in $(seq 300); do
        ! "$@" >/dev/null 2>&1 || return 0
        kill -0 "$(cat "logs/$name.pid")" 2>/dev/null || break
        sleep 0.2
    done
    fail "$name did not come up: $(tail -1 "logs/$name.log"); see $RUN/logs/$name.log"
}

# stop NAME…: ends parts at once, and waits until they are gone. An id of an earlier boot may be somebody else's by now.
stop() {
    local name pid pids=() _
    for name in "$@"; do
        pid=$(cat "$RUN/logs/$name.pid" 2>/dev/null) || continue
        [ "$(readlink "/proc/$pid/cwd")" != "$RUN" ] || pids+=("$pid")
    done
    [ "${#pids[@]}" != 0 ] || return 0
    kill -KILL "${pids[@]}" 2>/dev/null || true
    for _ in $(seq 100); do
        kill -0 "${pids[@]}" 2>/dev/null || return 0
        sleep 0.05
    done
}

start_etcd() {
    start etcd etcd --data-dir etcd --unsafe-no-fsync \
        --listen-client-urls http://127.0.0.1:12379 --advertise-client-urls http://127.0.0.1:12379 \
        --listen-peer-urls http://127.0.0.1:12380
}

# It listens on every address: pods reach it by the node's.
start_apiserver() {
    start apiserver "$BIN/kube-apiserver" --etcd-servers=http://127.0.0.1:12379 \
        --secure-port=6443 --bind-address=0.0.0.0 --advertise-address="$NODE_IP" --service-cluster-ip-range=10.43.0.0/16 \
        --tls-cert-file=pki/api.crt --tls-private-key-file=pki/api.key --client-ca-file=pki/ca.crt --token-auth-file=tokens.csv \
        --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
        --service-account-key-file=pki/sa.pub --service-account-signing-key-file=pki/sa.key \
        --service-account-issuer=https://kubernetes.default.svc.cluster.local \
        --kubelet-client-certificate=pki/kubelet-client.crt --kubelet-client-key=pki/kubelet-client.key \
        --kubelet-preferred-address-types=InternalIP \
        --requestheader-client-ca-file=pki/ca.crt --requestheader-allowed-names=front-proxy \
        --requestheader-extra-headers-prefix=X-Remote-Extra- --requestheader-group-headers=X-Remote-Group \
        --requestheader-username-headers=X-Remote-User \
        --proxy-client-cert-file=pki/front-proxy.crt --proxy-client-key-file=pki/front-proxy.key --enable-aggregator-routing=true
}

start_controllers() {
    start controllers "$BIN/kube-controller-manager" --kubeconfig=controllers.kubeconfig --leader-elect=false \
        --service-account-private-key-file=pki/sa.key --root-ca-file=pki/ca.crt --use-service-account-credentials=true \
        --flex-volume-plugin-dir="$RUN/volume-plugins" \
        --cluster-cidr=10.42.0.0/16 --allocate-node-cidrs=true \
        --cluster-signing-cert-file=pki/ca.crt --cluster-signing-key-file=pki/ca.key
    start scheduler "$BIN/kube-scheduler" --kubeconfig=scheduler.kubeconfig --leader-elect=false
}

# restrict_oom_score_adj: without CAP_SYS_RESOURCE runc may not lower the score, and no container would start.
start_containerd() {
    cat >containerd.toml <<CONFIG
version = 2
root = "$RUN/containerd/root"
state = "$RUN/containerd/state"
[grpc]
  address = "$RUN/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$RUN/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
CONFIG
    cat >cni/10-bridge.conflist <<CONFIG
{"cniVersion": "0.4.0", "name": "podnet", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$RUN/cni/networks", "ranges": [[{"subnet": "10.42.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
CONFIG
    start containerd containerd -c containerd.toml
}

start_kubelet() {
    cat >kubelet.yaml <<CONFIG
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $RUN/pki/ca.crt}}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
clusterDNS: ["10.43.0.10"]
clusterDomain: cluster.local
resolvConf: ""
containerRuntimeEndpoint: unix://$RUN/containerd/containerd.sock
evictionHard: {memory.available: 100Mi, nodefs.available: 200Mi, imagefs.available: 200Mi}
imageGCHighThresholdPercent: 100
podLogsDir: $RUN/pods
volumePluginDir: $RUN/volume-plugins
healthzBindAddress: 127.0.0.1
systemReserved: {memory: ${RESERVED_MI}Mi}
tlsCertFile: $RUN/pki/kubelet.crt
tlsPrivateKeyFile: $RUN/pki/kubelet.key
CONFIG
    start kubelet "$BIN/kubelet" --config=kubelet.yaml --kubeconfig=kubelet.kubeconfig --hostname-override="$NODE" \
        --node-ip="$NODE_IP" --root-dir="$RUN/kubelet"
    sysctl -qw net.ipv4.ip_forward=1
    # Docker, where it runs, refuses to forward what it does not know. ./down finds these by their comment.
    iptables -I FORWARD -s 10.42.0.0/16 -m comment --comment CNI-testcluster -j ACCEPT
    iptables -I FORWARD -d 10.42.0.0/16 -m comment --comment CNI-testcluster -j ACCEPT
    # A service's address that kube-proxy does not know yet, or no longer, is nobody's: beyond this machine somebody might answer.
    iptables -I FORWARD -d 10.43.0.0/16 -m comment --comment CNI-testcluster -j REJECT
    iptables -I OUTPUT -d 10.43.0.0/16 -m comment --comment CNI-testcluster -j REJECT
    start proxy "$BIN/kube-proxy" --kubeconfig=proxy.kubeconfig --hostname-override="$NODE" --cluster-cidr=10.42.0.0/16 \
        --proxy-mode=iptables --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0 \
        --healthz-bind-address=127.0.0.1:10256 --metrics-bind-address=127.0.0.1:10249
}
