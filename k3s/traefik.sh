# shellcheck shell=bash
# k3s's Traefik, the way in: sourced by install.

OWN=app.kubernetes.io/managed-by=event-platform

# traefik_config SECRET: what k3s is to give to its Traefik; the Secret is that of the platform's certificate, if it has one.
traefik_config() {
    local files=("$ROOT/k3s/traefik/address.yaml")
    [ -z "$1" ] || files+=("$ROOT/k3s/traefik/https.yaml")
    cat <<END
apiVersion: helm.cattle.io/v1
kind: HelmChartConfig
metadata:
  name: traefik
  namespace: kube-system
  labels:
    ${OWN/=/: }
spec:
  valuesContent: |-
$(sed 's/^/    /' "${files[@]}")
END
}

# configs OPTION…: names of what is given to the Traefik so far.
configs() { kubectl -n kube-system get helmchartconfigs.helm.cattle.io --field-selector metadata.name=traefik -o name "$@" 2>/dev/null; }

set_traefik() {
    local secret text="the buyer's address reaches the platform"
    secret=$(kubectl create --dry-run=client -f "$PLATFORM" -o jsonpath='{.spec.ingress.tlsSecret}' 2>"$LOG") \
        || fail "${PLATFORM#"$ROOT"/} can't be read: $(tail -1 "$LOG")"
    step traefik "settings"
    if [ -n "$(configs)" ] && [ -z "$(configs -l "$OWN")" ]; then
        step_ok "left as somebody else set it; k3s/traefik has what the platform asks for"
        return
    fi
    traefik_config "$secret" | kubectl apply -f - >"$LOG" 2>&1 || fail "Traefik could not be set: $(tail -1 "$LOG")"
    [ -z "$secret" ] || text="$text, http leads to https"
    step_ok "$text"
}
