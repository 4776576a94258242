# shellcheck shell=bash
# Sourced by install and render: versions, downloads, helm.

# shellcheck source=../scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib/common.sh"
# For those who source this.
# shellcheck disable=SC2034
{
    # The Kubernetes that the test cluster runs and the operator is written against.
    K3S_VERSION=v1.34.4+k3s1
    HELM_VERSION=v3.19.4
    CHART=$ROOT/charts/event-platform
    RELEASE=event-platform
    OPERATOR_NAMESPACE=${OPERATOR_NAMESPACE:-event-platform}
    CACHE=$ROOT/target/k3s
}

# As releases call it.
machine() {
    case $(uname -m) in
        x86_64) echo amd64 ;;
        aarch64) echo arm64 ;;
        *) fail "there is no k3s for a $(uname -m); use an amd64 or arm64 machine" ;;
    esac
}

# restricted_namespace NAME: the manifest of a namespace whose pods have no more rights than Kubernetes' strictest standard gives.
restricted_namespace() {
    printf 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: %s\n  labels:\n    pod-security.kubernetes.io/enforce: restricted\n' "$1"
}

# download URL FILE: whole or not at all.
download() {
    curl --fail --silent --show-error --location --proto '=https' --retry 3 --connect-timeout 20 --output "$2.part" "$1" \
        && mv -f "$2.part" "$2"
}

# verified FILE SUMS NAME: whether FILE is what SUMS, a published list of sha256 sums, has under NAME.
verified() {
    local sum
    sum=$(awk -v name="$3" '$2 == name || $2 == "*" name { print $1 }' "$2")
    [ -n "$sum" ] && sha256sum --check --status <<<"$sum  $1"
}

# Sets HELM: the one on PATH when it is Helm 3, the one that scripts/chart built, or a release of it.
find_helm() {
    local name archive url=https://get.helm.sh
    if have helm && [[ $(helm version --template '{{.Version}}' 2>/dev/null) = v3.* ]]; then
        HELM=helm
        return
    fi
    for HELM in "$ROOT/target/tools/bin/helm" "$CACHE/$HELM_VERSION/helm"; do
        [ ! -x "$HELM" ] || return 0
    done
    name=linux-$(machine)
    archive=helm-$HELM_VERSION-$name.tar.gz
    mkdir -p "$CACHE/$HELM_VERSION"
    if ! download "$url/$archive" "$CACHE/$archive" || ! download "$url/$archive.sha256sum" "$CACHE/$archive.sha256sum"; then
        fail "helm could not be downloaded from $url; put helm 3 on PATH and run this again"
    fi
    verified "$CACHE/$archive" "$CACHE/$archive.sha256sum" "$archive" \
        || fail "$archive is not what its release's checksum says; delete $CACHE and run this again"
    tar -xzf "$CACHE/$archive" -C "$CACHE/$HELM_VERSION" --strip-components=1 "$name/helm"
}
