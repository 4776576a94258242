# shellcheck shell=bash
# Builds the five binaries and the SPA, and copies them to where the platform's account can read them.

BINARIES=(auth catalog booking payment worker)
TARGET_DIR=${CARGO_TARGET_DIR:-$ROOT/target}
case $TARGET_DIR in /*) ;; *) TARGET_DIR=$ROOT/$TARGET_DIR ;; esac

check_tools() {
    local version
    [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ] && PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
    have cargo || fail "there is no Rust toolchain; install one from https://rustup.rs and run make up again"
    have node || fail "there is no Node.js; install Node.js 20 or newer and run make up again"
    have npm || fail "there is no npm; install it with Node.js 20 or newer and run make up again"
    version=$(node --version)
    version=${version#v}
    [ "${version%%.*}" -ge 20 ] || fail "Node.js $version is too old; install Node.js 20 or newer and run make up again"
}

# The tests' platform is built together with the tests: other packages or features would build the dependencies anew.
TEST_FEATURES=testkit/system,operator/cluster

# build_binaries FLAG…: cargo tells its progress only on a terminal, unless asked.
build_binaries() {
    local flags=(--locked --workspace --bins "$@")
    if [ "$INSTANCE" = test ]; then flags+=(--lib --tests --features "$TEST_FEATURES"); fi
    [ "$PROFILE" = debug ] || flags+=(--release)
    cd "$ROOT" || return
    SQLX_OFFLINE=true CARGO_TERM_COLOR=never CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=120 \
        CARGO_TARGET_DIR=$TARGET_DIR cargo build "${flags[@]}"
}

report_build() {
    local counts
    counts=$(tail -c 4000 "$1" 2>/dev/null | tr '\r' '\n' | grep -o '[0-9]\+/[0-9]\+' | tail -1) || true
    if [ -n "$counts" ]; then
        printf '%s  %s  %s crates' "$2" "$(bar "${counts%/*}" "${counts#*/}")" "$counts"
    else
        printf '%s' "$2"
    fi
}

# The first error that a compiler or npm told, on one line; npm's bare codes say less than what follows them.
first_error() {
    tr '\r' '\n' <"$1" | grep -E '^ *(error|ERROR|npm (error|ERR!)|\[vite\].*rror)' | grep -vE 'npm (error|ERR!) code' \
        | head -1 | cut -c1-300 | grep . || tail -1 "$1" | cut -c1-300
}

# A build of the SPA is skipped while what it is made from is the same.
spa_digest() {
    cd "$ROOT/frontend" || return
    {
        find . -type d \( -name node_modules -o -name dist -o -name e2e -o -name nginx \) -prune -o -type f -print | sed 's|^\./|frontend/|'
    } | digest_of_files
}

npm_install() {
    local stamp=$1/node_modules/.lock-digest digest
    digest=$(sha256sum <"$1/package-lock.json")
    [ "$(cat "$stamp" 2>/dev/null)" != "$digest" ] || return 0
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error) || return
    mkdir -p "${stamp%/*}" && printf '%s\n' "$digest" >"$stamp"
}

# Who comes while it is being built waits for it.
build_spa() {
    local lock
    mkdir -p "$TARGET_DIR"
    exec {lock}>"$TARGET_DIR/spa.lock"
    flock "$lock"
    build_changed_spa {lock}>&- || return
    exec {lock}>&-
}

build_changed_spa() {
    local digest stamp=$ROOT/frontend/dist/.digest
    digest=$(spa_digest)
    [ "$(cat "$stamp" 2>/dev/null)" != "$digest" ] || return 0
    npm_install "$ROOT/frontend" || return
    (cd "$ROOT/frontend" && npm run --silent build) || return
    node "$SCRIPTS/spa/compress.mjs" "$ROOT/frontend/dist" || return
    mkdir -p "${stamp%/*}" && printf '%s\n' "$digest" >"$stamp"
}

build_all() {
    local log=$LOGS/build.log
    step build "SPA"
    step_run "$log" report_plain build_spa \
        || fail "the SPA could not be built: $(first_error "$log"); see ${log#"$ROOT"/}"
    step_run "$log" report_plain npm_install "$SCRIPTS/mail" \
        || fail "the mail catcher could not be installed: $(first_error "$log"); see ${log#"$ROOT"/}"
    step_note "$PROFILE, ${#BINARIES[@]} services"
    step_run "$log" report_build build_binaries \
        || fail "the services could not be built: $(first_error "$log"); see ${log#"$ROOT"/}"
    step_ok "$PROFILE, ${#BINARIES[@]} services and the SPA"
}

# A running program keeps its file: a new one is moved over it.
install_builds() {
    local name source
    for name in "${BINARIES[@]}"; do
        source=$TARGET_DIR/$PROFILE/$name
        cmp -s "$source" "$STATE/bin/$name" && continue
        unit_changed "$name"
        [ "$name" != payment ] || unit_changed sandbox
        cp "$source" "$STATE/bin/$name.new"
        chmod 755 "$STATE/bin/$name.new"
        mv -f "$STATE/bin/$name.new" "$STATE/bin/$name"
    done
    # Assets first, the page that names them last; older assets stay for pages that are open.
    if ! cmp -s "$ROOT/frontend/dist/.digest" "$STATE/www/.digest"; then
        mkdir -p "$STATE/www"
        cp -R "$ROOT/frontend/dist/." "$STATE/www/"
        chmod -R u=rwX,go=rX "$STATE/www"
    fi
}
