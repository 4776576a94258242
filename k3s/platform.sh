# shellcheck shell=bash
# The operator and an EventPlatform, on any cluster: sourced by install.

WAIT=${WAIT:-600}

# kubectl, and the cluster that it speaks to.
find_kubectl() {
    if [ "$CLUSTER_ONLY" = 0 ]; then
        export KUBECONFIG=/etc/rancher/k3s/k3s.yaml
        kubectl() { "$K3S" kubectl "$@"; }
    else
        have kubectl || fail "there is no kubectl on PATH; install it, or run k3s/install without --cluster-only"
    fi
}

# ready_nodes: how many of how many.
ready_nodes() {
    kubectl get nodes -o jsonpath='{range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' 2>/dev/null \
        | awk 'NF { all++ } $1 == "True" { ready++ } END { printf "%d/%d", ready, all }'
}

await_nodes() {
    local ready end=$((SECONDS + 180))
    step cluster "waiting for nodes"
    kubectl version >"$LOG" 2>&1 || [ "$CLUSTER_ONLY" = 0 ] \
        || fail "the cluster does not answer: $(tail -1 "$LOG"); KUBECONFIG names it"
    until ready=$(ready_nodes) && [ "${ready%/*}" = "${ready#*/}" ] && [ "$ready" != 0/0 ]; do
        [ "$SECONDS" -lt "$end" ] || fail "only $ready nodes are ready; kubectl describe nodes says why"
        step_show "$ready nodes ready"
        sleep 1
    done
    step_ok "$ready nodes ready, $(kubectl version -o json | sed -n '/"serverVersion"/,$ s/.*"gitVersion": "\(.*\)".*/\1/p')"
}

helm_upgrade() {
    # Definitions that outlived an earlier release, or were applied by hand, become this one's.
    "$HELM" upgrade --install "$RELEASE" "$CHART" --namespace "$OPERATOR_NAMESPACE" --take-ownership \
        --wait --timeout 3m "${VALUES[@]}"
}

# Why helm gave up: what it says, or, when it only waited in vain, what keeps the operator's pod from starting.
operator_fault() {
    local said
    said=$(grep '^Error: ' "$LOG" | tail -1 | sed 's/^Error: //')
    case $said in
        '' | *'deadline exceeded'* | *'timed out'* | *'not ready'*)
            kubectl --namespace "$OPERATOR_NAMESPACE" get pods -l app.kubernetes.io/name=event-platform-operator \
                -o jsonpath='{range .items[*].status.containerStatuses[*]}{.state.waiting.reason}{": "}{.state.waiting.message}{.lastState.terminated.message}{"\n"}{end}' 2>/dev/null \
                | grep -v '^: *$' | head -1 | cut -c1-400 \
                | sed "s/^\(ErrImagePull\|ImagePullBackOff\).*/&. Images can be brought along: IMAGES_DIR=… k3s\/install/" | grep . || echo "${said:-$(tail -1 "$LOG")}"
            ;;
        *) echo "$said" ;;
    esac
}

# make_namespace NAME: one that takes no pod that may do more than ours. One that is there may have others' pods: it stays as it is.
make_namespace() {
    kubectl get namespace "$1" >/dev/null 2>&1 || restricted_namespace "$1" | kubectl create -f - >"$LOG" 2>&1 \
        || fail "the namespace $1 could not be made: $(tail -1 "$LOG")"
}

install_operator() {
    step operator "helm"
    find_helm
    # Before the operator, which may be told to look after the platform's alone.
    make_namespace "$OPERATOR_NAMESPACE"
    make_namespace "$NAMESPACE"
    step_show "installing"
    step_run "$LOG" report_plain helm_upgrade \
        || fail "the operator could not be installed: $(operator_fault)"
    step_ok "$(sed -n 's/^appVersion: *//p' "$CHART/Chart.yaml") in namespace $OPERATOR_NAMESPACE"
}

apply_platform() {
    NAME=$(kubectl create --dry-run=client -f "$PLATFORM" -o jsonpath='{.metadata.name}' 2>"$LOG") \
        || fail "${PLATFORM#"$ROOT"/} can't be read: $(tail -1 "$LOG")"
    step platform "$NAME"
    kubectl --namespace "$NAMESPACE" apply -f "$PLATFORM" >"$LOG" 2>&1 || fail "$(tail -5 "$LOG")"
}

# platform JSONPATH
platform() { kubectl --namespace "$NAMESPACE" get eventplatform "$NAME" -o jsonpath="$1" 2>/dev/null; }

condition() { platform "{.status.conditions[?(@.type==\"$1\")].$2}"; }

await_platform() {
    local seen='' now end=$((SECONDS + WAIT))
    until [ "$(platform '{.status.observedGeneration}')" = "$(platform '{.metadata.generation}')" ] && [ "$(condition Ready status)" = True ]; do
        [ "$(condition Degraded status)" != True ] || fail "$NAME: $(condition Degraded message)"
        [ "$SECONDS" -lt "$end" ] || fail "$NAME is not ready after $(humane "$WAIT"): $(condition Ready message); kubectl -n $NAMESPACE describe evp $NAME says more"
        now="$(platform '{.status.servicesReady} {.status.activity}')"
        if [ "$now" != "$seen" ]; then
            step_note "$NAME ${now# }"
            seen=$now
        fi
        sleep 0.5
    done
    step_ok "$NAME $(platform '{.status.version}') serves, $(platform '{.status.servicesReady}') services"
}

print_address() {
    local host scheme=http secret
    host=$(platform '{.spec.ingress.host}')
    secret=$(platform '{.spec.admin.secretRef.name}')
    [ -z "$(platform '{.spec.ingress.tlsSecret}')" ] || scheme=https
    printf '\n'
    if [ -n "$host" ]; then
        printf '  Open %s://%s\n' "$scheme" "$host"
    else
        printf '  Open http://localhost:3000 after   kubectl -n %s port-forward service/%s-frontend 3000\n' "$NAMESPACE" "$NAME"
        printf '       from everywhere:              set spec.ingress.host\n'
    fi
    printf '  admin   kubectl -n %s get secret %s -o go-template='"'"'{{.data.ADMIN_EMAIL | base64decode}} / {{.data.ADMIN_PASSWORD | base64decode}}{{"\\n"}}'"'"'\n' \
        "$NAMESPACE" "${secret:-$NAME-credentials}"
    printf '  watch   kubectl -n %s get evp %s -w      wrong? kubectl -n %s describe evp %s\n' "$NAMESPACE" "$NAME" "$NAMESPACE" "$NAME"
    if [ "$CLUSTER_ONLY" = 0 ]; then
        printf '  remove  kubectl -n %s delete evp %s      all of it, data too: /usr/local/bin/k3s-uninstall.sh\n' "$NAMESPACE" "$NAME"
    else
        printf '  remove  kubectl -n %s delete evp %s      the operator: helm -n %s uninstall %s\n' "$NAMESPACE" "$NAME" "$OPERATOR_NAMESPACE" "$RELEASE"
    fi
}
