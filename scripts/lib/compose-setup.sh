# shellcheck shell=bash
# What the tests of Docker Compose run on: Compose itself, images, settings.

USE_DOCKER=${USE_DOCKER:-own}
[[ $USE_DOCKER =~ ^(own|running)$ ]] || fail "USE_DOCKER is own or running, not \"$USE_DOCKER\""
if [ "$USE_DOCKER" = running ]; then
    # Images of ours that somebody's Docker has stay what they are.
    IMAGE_REGISTRY=event-platform-test
else
    unset DOCKER_HOST DOCKER_CONTEXT
fi
export DOCKER_CONFIG=$COMPOSE_TEST/config
export COMPOSE_PROJECT_NAME=event-platform-test COMPOSE_ENV_FILES=$COMPOSE_TEST/env
unset COMPOSE_FILE COMPOSE_PROFILES TARGET_TIME

# A step that installs what is missing; nothing of the system's own is started, now or at the next boot.
ensure_test_packages() {
    local wanted=(python3:python3 curl:curl openssl:openssl) missing
    [ "$USE_DOCKER" = running ] || wanted+=("${DOCKER_PACKAGES[@]}")
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    [ "${#missing[@]}" != 0 ] || return 0
    mkdir -p "$CLUSTER/logs"
    ensure_packages "${wanted[@]}"
    [ ! -d /run/systemd/system ] || as_root systemctl disable --quiet docker.service docker.socket containerd.service 2>/dev/null || true
}

# Compose is a plugin of docker's: a program in a folder of its configuration.
build_compose() {
    local folder=$SCRIPTS/compose-test/programs plugin=$DOCKER_CONFIG/cli-plugins/docker-compose log=$RESULTS/build.log version inputs
    have go || fail "there is no Go toolchain; install Go 1.24 or newer (https://go.dev/dl) and run make test-compose again"
    version=$(sed -n 's|^.*github.com/docker/compose/v2 \(v[^ ]*\).*|\1|p' "$folder/go.mod" | head -n 1)
    inputs=$(cat "$folder"/go.{mod,sum} "$SCRIPTS/lib/compose-setup.sh" | sha256sum)
    [ "$(cat "$plugin.inputs" 2>/dev/null)" != "$inputs" ] || return 0
    mkdir -p "${plugin%/*}"
    step compose "building Docker Compose ${version#v}"
    step_note "building Docker Compose ${version#v}"
    step_run "$log" report_plain env -C "$folder" CGO_ENABLED=0 go build -trimpath \
        -ldflags "-s -w -X github.com/docker/compose/v2/internal.Version=$version" -o "$plugin" github.com/docker/compose/v2/cmd \
        || fail "Docker Compose could not be built: $(grep -m1 -vE '^(go: downloading|#)' "$log"); see ${log#"$ROOT"/}"
    printf '%s\n' "$inputs" >"$plugin.inputs"
    step_ok "Docker Compose ${version#v} is built"
}

build_own_programs() {
    local log=$RESULTS/programs.log
    [ "$PROGRAMS" = "$TARGET_DIR/$PROFILE" ] && [ "${BUILD:-on}" = on ] || return 0
    step programs "release"
    step_run "$log" report_build build_release || fail "the programs could not be built: $(first_error "$log"); see ${log#"$ROOT"/}"
    step_ok "release"
}

build_release() {
    cd "$ROOT" || return
    SQLX_OFFLINE=true CARGO_TERM_COLOR=never CARGO_TARGET_DIR=$TARGET_DIR cargo build --locked --workspace --bins --release
}

# give NAME: to Docker, unless it has this very image by this name. Somebody's Docker keeps the real images that it has.
give() {
    local id names
    read -r id names <"$IMAGES/$1.tar.id"
    if [ "$USE_DOCKER" = running ] && [[ $names = docker.io/* ]] && docker image inspect "$names" >/dev/null 2>&1; then return; fi
    [ "$(docker image inspect --format '{{.Id}}' "$names" 2>/dev/null)" = "sha256:$id" ] || docker load --quiet --input "$IMAGES/$1.tar" >/dev/null
}

give_images() { make_images give postgres redis rabbitmq auth catalog booking payment worker frontend; }

# Other ports than the platform that make up runs; on a Docker of its own nobody has any of them.
set_settings() {
    "$SCRIPTS/compose-env" "$COMPOSE_ENV_FILES" >/dev/null
    export PORT=${TEST_PORT:-3900} AUTH_PORT=8901 CATALOG_PORT=8902 BOOKING_PORT=8903 PAYMENT_PORT=8904
    export IMAGE_VERSION IMAGE_REGISTRY RATE_LIMIT=off WAL_ARCHIVE_TIMEOUT=5s HEALTH_INTERVAL=2s
    ENTRANCE=http://127.0.0.1:$PORT
    JOURNAL=$COMPOSE_TEST/journal
    unset PUBLIC_URL SANDBOX_PUBLIC_URL SMTP_URL OTEL_EXPORTER_OTLP_ENDPOINT COOKIE_SECURE TRUSTED_PROXIES
    remove_project >/dev/null 2>&1 || true
    rm -f "$JOURNAL" "$JOURNAL.event"
}

remove_project() { compose --profile '*' down --volumes --remove-orphans --timeout 1; }

keep_logs() {
    [ -n "${DOCKER_HOST:-}" ] || [ "$USE_DOCKER" = running ] || return 0
    compose ps --all >"$RESULTS/containers.log" 2>&1 || true
    compose --profile '*' logs --no-color --timestamps >"$RESULTS/platform.log" 2>&1 || true
    printf '  what the containers said: %s\n' "${RESULTS#"$ROOT"/}/platform.log"
}
