# shellcheck shell=bash
# The platform that is measured: the data services and the six parts, without entrance, SPA and mail catcher. What the worker
# would mail stays queued.

BENCH_PACKAGES=()
for entry in "${RUN_PACKAGES[@]}"; do
    case $entry in
        *nginx* | envsubst:*) ;;
        *) BENCH_PACKAGES+=("$entry") ;;
    esac
done
unset entry

# Further replicas of booking: a second one, and what runs with traces. One at a time, and only while it is measured.
PORTS+=(BOOKING2_PORT:8007 COLLECTOR_PORT:4318 COLLECTOR_QUERY_PORT:16686)
BOOKING2_PORT=${BOOKING2_PORT:-$((8007 + PORT_OFFSET))}
COLLECTOR_PORT=${COLLECTOR_PORT:-$((4318 + PORT_OFFSET))}
COLLECTOR_QUERY_PORT=${COLLECTOR_QUERY_PORT:-$((16686 + PORT_OFFSET))}
REPLICAS=(booking2 sampled traced unheard)
UNITS+=("${REPLICAS[@]}" collector)

# claim_run_dir: what is deleted afterwards must be ours.
claim_run_dir() {
    if [ -e "$RUN_DIR/secrets" ] && [ ! -e "$RUN_DIR/bench" ]; then
        fail "${RUN_DIR#"$ROOT"/} holds another platform; set RUN_DIR to a folder of its own for the bench"
    fi
    touch "$RUN_DIR/bench"
}

remove_bench() {
    stop_platform
    rm -rf "$(readlink -f "$STATE")" "$RUN_DIR"
}

build_bench() {
    local log=$LOGS/build.log
    step build "release"
    step_note "release"
    step_run "$log" report_build build_binaries \
        || fail "the programs could not be built: $(first_error "$log"); see ${log#"$ROOT"/}"
    "$SCRIPTS/jaeger/build" >>"$log" 2>&1 || fail "the collector could not be built: $(first_error "$log"); see ${log#"$ROOT"/}"
    step_ok "release"
}

install_programs() {
    local name source replica
    for name in "${BINARIES[@]}"; do
        source=$TARGET_DIR/release/$name
        cmp -s "$source" "$STATE/bin/$name" && continue
        unit_changed "$name"
        case $name in
            payment) unit_changed sandbox ;;
            booking) for replica in "${REPLICAS[@]}"; do unit_changed "$replica"; done ;;
        esac
        cp "$source" "$STATE/bin/$name.new"
        chmod 755 "$STATE/bin/$name.new"
        mv -f "$STATE/bin/$name.new" "$STATE/bin/$name"
    done
}

# replica NAME COLLECTOR SHARE: booking at another port, which sends that share of its traces to the collector.
replica() {
    # shellcheck disable=SC2034 # service_env reads them by name
    local BOOKING_PORT=$BOOKING2_PORT OTEL_EXPORTER_OTLP_ENDPOINT=$2 OTEL_TRACES_SAMPLER_ARG=$3
    service_env booking | unit_env "$1"
    unit "$1" "$(service_command booking serve)" </dev/null
    touch "$SV_DIR/$1/down"
}

prepare_replicas() {
    local collector=http://127.0.0.1:$COLLECTOR_PORT listener listeners=()
    replica booking2 '' ''
    replica sampled "$collector" 0.1
    replica traced "$collector" 1
    # The collector does not listen at that address.
    replica unheard "http://127.0.0.2:$COLLECTOR_PORT" 0.1
    cp "$ROOT/target/tools/jaeger" "$STATE/bin/collector.new"
    chmod 755 "$STATE/bin/collector.new"
    mv -f "$STATE/bin/collector.new" "$STATE/bin/collector"
    # It keeps the newest traces, in memory. What it listens on besides gets any port.
    for listener in collector.otlp.grpc query.grpc-server collector.grpc-server collector.http-server admin.http; do
        listeners+=("--$listener.host-port=127.0.0.1:0")
    done
    unit collector "$(printf '%q ' "$STATE/bin/collector" --memory.max-traces=2000 \
        "--collector.otlp.http.host-port=127.0.0.1:$COLLECTOR_PORT" \
        "--query.http-server.host-port=127.0.0.1:$COLLECTOR_QUERY_PORT" "${listeners[@]}")" </dev/null
    touch "$SV_DIR/collector/down"
}

# start_bench: starts everything, or what changed of what runs.
start_bench() {
    local name
    place_state
    set_runner_prefix
    ensure_secrets
    set_urls
    # Nobody is there to take mail.
    SMTP_URL=
    step data "PostgreSQL, Redis, RabbitMQ"
    prepare_postgres
    prepare_redis
    prepare_rabbitmq
    install_programs
    prepare_services
    prepare_replicas
    check_ports
    start_supervisor
    for name in epmd rabbitmq postgres redis; do start_unit "$name"; done
    wait_for postgres 60 postgres_ready
    ensure_databases
    wait_for redis 30 redis_ready
    step_ok "$(data_versions), durable"
    migrate
    step services ""
    wait_for rabbitmq 90 rabbitmq_ready
    for name in sandbox auth catalog booking payment worker; do start_unit "$name"; done
    for name in sandbox auth catalog booking payment worker; do
        step_show "$name …"
        wait_for "$name" 60 service_ready "$name"
    done
    step_ok "sandbox auth catalog booking payment worker"
}

commit_name() {
    local name
    name=$(git -C "$ROOT" rev-parse --short=10 HEAD 2>/dev/null) || name=unknown
    [ -z "$(git -C "$ROOT" status --porcelain 2>/dev/null)" ] || name+=" with changes"
    printf '%s' "$name"
}

# run_bench SCENARIO…: measures; a full run writes its table into the documentation.
run_bench() {
    local document='' status=0
    if [ "$#" = 0 ] && [ "$QUICK" = off ]; then document=$ROOT/docs/performance.md; fi
    # Thousands of connections are open at once.
    ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"
    printf '  measuring    one after the other%s …\n' "${DURATION:+, $DURATION s each}"
    env DATABASE_URL_ADMIN="$DATABASE_URL_ADMIN" DATABASE_URL_AUTH="$DATABASE_URL_AUTH" \
        DATABASE_URL_BOOKING="$DATABASE_URL_BOOKING" DATABASE_URL_WORKER="$DATABASE_URL_WORKER" KEY_ENCRYPTION_KEY="$KEY_ENCRYPTION_KEY" \
        AUTH_URL="$AUTH_URL" CATALOG_URL="$CATALOG_URL" BOOKING_URL="$BOOKING_URL" PAYMENT_URL="$PAYMENT_URL" \
        SECOND_BOOKING_URL="http://127.0.0.1:$BOOKING2_PORT" SERVICES_DIR="$SV_DIR" \
        PGBENCH="$(postgres_bin)/pgbench" RESULTS_DIR="$TARGET_DIR/bench" COMMIT="$(commit_name)" \
        QUICK="$QUICK" ${DURATION:+DURATION="$DURATION"} ${document:+DOCUMENT="$document"} \
        timeout --foreground "$LONGEST" "$TARGET_DIR/release/bench" "$@" || status=$?
    [ "$status" != 124 ] || fail "it took longer than $LONGEST s and was ended"
    return "$status"
}
