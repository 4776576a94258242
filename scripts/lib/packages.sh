# shellcheck shell=bash
# Installs missing Debian packages without starting any of the system's own services.

# What `make up` needs: a command or file that tells that the package is there, and the package.
# shellcheck disable=SC2034 # not every script that installs something needs these
RUN_PACKAGES=(
    cc:gcc
    make:make
    '/usr/lib/*-linux-gnu/crt1.o:libc6-dev'
    '/usr/lib/postgresql/*/bin/initdb:postgresql'
    redis-server:redis-server
    /usr/lib/rabbitmq/bin/rabbitmq-server:rabbitmq-server
    nginx:nginx
    '/usr/lib/nginx/modules/ngx_http_brotli_static_module.so:libnginx-mod-http-brotli-static'
    runsvdir:runit
    envsubst:gettext-base
    curl:curl
    openssl:openssl
    /etc/ssl/certs/ca-certificates.crt:ca-certificates
)
POLICY=/usr/sbin/policy-rc.d
FORBIDDEN=0

# package_present TEST: TEST is a command, or a pattern of which one path must exist.
package_present() {
    case $1 in
        /*) compgen -G "$1" >/dev/null ;;
        *) have "$1" ;;
    esac
}

# missing_packages ENTRY…: the packages whose test fails.
missing_packages() {
    local entry
    for entry in "$@"; do
        package_present "${entry%:*}" || printf '%s\n' "${entry##*:}"
    done
}

as_root() {
    if is_root; then "$@"; else sudo "$@"; fi
}

# While packages are unpacked, Debian asks this file whether to start their services; it says no.
forbid_service_starts() {
    # shellcheck disable=SC2016 # expanded by the shell that it starts
    as_root sh -c '
        policy=$1
        if [ -x "$policy" ] && ! [ -e "$policy.event-platform" ]; then
            "$policy" nginx start >/dev/null 2>&1
            [ $? = 101 ] && exit 0 # it says no already
            mv "$policy" "$policy.event-platform"
        fi
        printf "#!/bin/sh\n# event-platform: put here while it installs packages\nexit 101\n" >"$policy"
        chmod 755 "$policy"' sh "$POLICY"
}

allow_service_starts() {
    # shellcheck disable=SC2016 # expanded by the shell that it starts
    as_root sh -c '
        policy=$1
        grep -qs "^# event-platform:" "$policy" && rm -f "$policy"
        if [ -e "$policy.event-platform" ]; then mv "$policy.event-platform" "$policy"; fi' sh "$POLICY" || true
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

# A machine with systemd would start newly installed services at its next boot; ours are private, so those stay off.
disable_system_services() {
    local package
    [ -d /run/systemd/system ] || return 0
    for package in "$@"; do
        case $package in
            postgresql | redis-server | rabbitmq-server | nginx | prometheus*) as_root systemctl disable --quiet "$package" || true ;;
        esac
    done
}

install_packages() {
    # Package lists may be missing or older than the archive; they are fetched only then.
    apt_install "$@" || { as_root apt-get update -o DPkg::Lock::Timeout=300 && apt_install "$@"; }
}

report_packages() {
    local now
    now=$(sed -n 's/^\(Unpacking\|Setting up\) \([^ :]*\).*/\2/p' "$1" 2>/dev/null | tail -1)
    printf '%s installing%s…' "$2" "${now:+ ($now)}"
}

# ensure_packages ENTRY…: a step that installs what is missing.
ensure_packages() {
    local missing log=$RUN_DIR/logs/packages.log status=0
    mapfile -t missing < <(missing_packages "$@")
    if [ "${#missing[@]}" = 0 ]; then
        step packages "all present"
        step_ok "all present"
        return
    fi
    step packages "${missing[*]}"
    have apt-get || fail "these programs are missing: ${missing[*]}; this machine has no apt-get, install them with its own package manager"
    if ! is_root; then
        have sudo || fail "these packages are missing: ${missing[*]}; run as root: apt-get install ${missing[*]}"
        [ -t 0 ] || sudo -n true 2>/dev/null \
            || fail "these packages are missing: ${missing[*]}; run: sudo apt-get install ${missing[*]}"
        sudo -v || fail "sudo was refused; run as root: apt-get install ${missing[*]}"
    fi
    step_note "${missing[*]}"
    FORBIDDEN=1
    forbid_service_starts
    step_run "$log" report_packages install_packages "${missing[@]}" || status=$?
    allow_service_starts
    FORBIDDEN=0
    [ "$status" = 0 ] \
        || fail "could not install ${missing[*]} ($(grep -m1 '^E: ' "$log" || echo "see $log")); run: apt-get update && apt-get install ${missing[*]}"
    disable_system_services "${missing[@]}"
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" = 0 ] || fail "installed, but still not found: ${missing[*]}; see $log"
    step_ok "installed"
}
