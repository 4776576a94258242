# shellcheck shell=bash
# The cluster's certificates and kubeconfigs, made anew at each start.

# signed NAME SUBJECT [EXTENSIONS]: a key and a certificate of the cluster's authority.
signed() {
    local extra=()
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "pki/$1.key" -out "pki/$1.csr" -subj "$2" 2>/dev/null
    if [ -n "${3:-}" ]; then
        printf '%s' "$3" >"pki/$1.ext"
        extra=(-extfile "pki/$1.ext")
    fi
    openssl x509 -req -in "pki/$1.csr" -CA pki/ca.crt -CAkey pki/ca.key -CAcreateserial -days 30 -out "pki/$1.crt" \
        "${extra[@]}" 2>/dev/null
}

# user FILE NAME [GROUP]: a kubeconfig with a token of its own.
user() {
    local token
    token=$(openssl rand -hex 16)
    printf '%s,%s,%s%s\n' "$token" "$2" "$2" "${3:+,$3}" >>tokens.csv
    cat >"$1.kubeconfig" <<CONFIG
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "https://127.0.0.1:6443", certificate-authority: $RUN/pki/ca.crt}}]
users: [{name: $1, user: {token: $token}}]
contexts: [{name: test, context: {cluster: test, user: $1}}]
current-context: test
CONFIG
}

# make_certificates NODE ADDRESS
make_certificates() {
    umask 077
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout pki/ca.key -out pki/ca.crt -days 30 -subj /CN=test-ca 2>/dev/null
    signed api /CN=kube-apiserver "subjectAltName=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:127.0.0.1,IP:10.43.0.1,IP:$2"
    signed kubelet "/CN=system:node:$1/O=system:nodes" "subjectAltName=DNS:$1,IP:$2"
    signed kubelet-client /O=system:masters/CN=apiserver-kubelet-client
    signed front-proxy /CN=front-proxy
    openssl genrsa -out pki/sa.key 2048 2>/dev/null
    openssl rsa -in pki/sa.key -pubout -out pki/sa.pub 2>/dev/null
    : >tokens.csv
    user admin admin system:masters
    user controllers system:kube-controller-manager
    user scheduler system:kube-scheduler
    user kubelet "system:node:$1" system:nodes
    user proxy system:kube-proxy
    umask 022
}
