# shellcheck shell=bash
# The servers under the platform that is killed, and the checker that starts, kills and checks it.

# Of the packages those of the servers.
CHAOS_PACKAGES=()
for entry in "${RUN_PACKAGES[@]}"; do
    case $entry in
        *nginx* | envsubst:*) ;;
        *) CHAOS_PACKAGES+=("$entry") ;;
    esac
done
unset entry
UNITS=(epmd postgres redis rabbitmq)

# claim_run_dir: what is deleted afterwards must be ours.
claim_run_dir() {
    if [ -e "$RUN_DIR/secrets" ] && [ ! -e "$RUN_DIR/chaos" ]; then
        fail "${RUN_DIR#"$ROOT"/} holds another platform; set RUN_DIR to a folder of its own for chaos"
    fi
    touch "$RUN_DIR/chaos"
}

remove_chaos() {
    stop_platform
    rm -rf "$(readlink -f "$STATE")" "$RUN_DIR"
}

# DURATION, such as 90 or 30m, as SECONDS_OF_CHAOS.
read_duration() {
    local duration=${DURATION:-180}
    [[ $duration =~ ^([1-9][0-9]*)(s|m)?$ ]] || fail "DURATION is seconds or minutes, such as 90 or 30m, not \"$duration\""
    SECONDS_OF_CHAOS=${BASH_REMATCH[1]}
    [ "${BASH_REMATCH[2]}" != m ] || SECONDS_OF_CHAOS=$((SECONDS_OF_CHAOS * 60))
}

build_chaos() {
    local log=$LOGS/build.log
    step build "$PROFILE"
    step_note "$PROFILE"
    step_run "$log" report_build build_binaries --features testkit/system \
        || fail "the programs could not be built: $(first_error "$log"); see ${log#"$ROOT"/}"
    step_ok "$PROFILE"
}

start_servers() {
    local name
    place_state
    set_runner_prefix
    ensure_secrets
    set_urls
    step servers "PostgreSQL, Redis, RabbitMQ"
    prepare_postgres
    prepare_redis
    prepare_rabbitmq
    start_supervisor
    for name in "${UNITS[@]}"; do start_unit "$name"; done
    wait_for postgres 60 postgres_ready
    wait_for redis 30 redis_ready
    wait_for rabbitmq 90 rabbitmq_ready
    # Whoever is killed is started again.
    keep_units
    step_ok "$(data_versions), durable"
}

# run_chaos: answers 1 when a rule is broken.
run_chaos() {
    local options=(--seconds "$SECONDS_OF_CHAOS") status=0
    [ -z "${SEED:-}" ] || options+=(--seed "$SEED")
    [ -z "${BUYERS:-}" ] || options+=(--buyers "$BUYERS")
    [ -z "${KILL_EVERY:-}" ] || options+=(--kill-every "$KILL_EVERY")
    [ -z "${PATIENCE:-}" ] || options+=(--patience "$PATIENCE")
    env RUN_DIR="$RUN_DIR" DATABASE_URL_ADMIN="$DATABASE_URL_ADMIN" REDIS_URL="$REDIS_URL" \
        RABBITMQ_URL="$RABBITMQ_URL" RABBITMQ_ADMIN_URL="$RABBITMQ_ADMIN_URL" \
        "$TARGET_DIR/$PROFILE/chaos" "${options[@]}" || status=$?
    # The checker has said why.
    [ "$status" = 0 ] || FAILED=1
    return "$status"
}
