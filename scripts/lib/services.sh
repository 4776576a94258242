# shellcheck shell=bash
# The services: what each is told by its environment, and how it is run.

# Settings that are handed on when the person set them; each service reads those that it knows.
HANDED_ON=(
    LOG_LEVEL LOG_FORMAT OTEL_EXPORTER_OTLP_ENDPOINT OTEL_TRACES_SAMPLER_ARG JWT_ISSUER JWT_AUDIENCE
    REQUEST_TIMEOUT MAX_BODY_BYTES MAX_IN_FLIGHT SHUTDOWN_DELAY DRAIN_TIMEOUT DATABASE_MAX_CONNECTIONS
    ACCESS_TOKEN_TTL REFRESH_TOKEN_TTL KEY_ROTATION COOKIE_SECURE
    HOLD_TTL CHECKOUT_TTL OFFER_TTL TICKET_EARLIER_KEYS MAIL_FROM
    QUEUE_ADMISSION_TTL QUEUE_ACTIVE QUEUE_RATE
)

service_env() {
    local name=$1 variable=DATABASE_URL_${1^^} handed
    printf 'PATH=/usr/bin:/bin\nHOST=127.0.0.1\n'
    handed=${1^^}_PORT
    printf 'PORT=%s\nDATABASE_URL=%s\n' "${!handed}" "${!variable}"
    printf 'RATE_LIMIT=%s\nPUBLIC_URL=%s\n' "$RATE_LIMIT" "$PUBLIC_URL"
    printf '%s=%s\n' AUTH_URL "$AUTH_URL" CATALOG_URL "$CATALOG_URL" BOOKING_URL "$BOOKING_URL" PAYMENT_URL "$PAYMENT_URL"
    [ "$name" = sandbox ] || printf '%s=%s\n' REDIS_URL "$REDIS_URL" RABBITMQ_URL "$RABBITMQ_URL"
    case $name in
        auth) printf '%s=%s\n' KEY_ENCRYPTION_KEY "$KEY_ENCRYPTION_KEY" ADMIN_EMAIL "$ADMIN_EMAIL" ADMIN_PASSWORD "$ADMIN_PASSWORD" ;;
        booking) printf '%s=%s\n' TICKET_SIGNING_KEY "$TICKET_SIGNING_KEY" ;;
        payment | sandbox)
            printf '%s=%s\n' SANDBOX_URL "$SANDBOX_URL" SANDBOX_PUBLIC_URL "$SANDBOX_PUBLIC_URL" \
                SANDBOX_API_KEY "$SANDBOX_API_KEY" SANDBOX_WEBHOOK_SECRET "$SANDBOX_WEBHOOK_SECRET"
            ;;
        worker) printf '%s=%s\n' SMTP_URL "$SMTP_URL" ;;
    esac
    for handed in "${HANDED_ON[@]}"; do
        [ -z "${!handed:-}" ] || printf '%s=%s\n' "$handed" "${!handed}"
    done
}

# service_command NAME VERB: the command line of a service's `serve` or `migrate`.
service_command() {
    case $1 in
        sandbox) printf '%q sandbox %s' "$STATE/bin/payment" "$2" ;;
        *) printf '%q %s' "$STATE/bin/$1" "$2" ;;
    esac
}

prepare_services() {
    local name
    for name in sandbox auth catalog booking payment worker; do
        service_env "$name" | unit_env "$name"
        unit "$name" "$(service_command "$name" serve)" </dev/null
    done
}

service_ready() {
    local port=${1^^}_PORT
    curl -fsS -o /dev/null --max-time 2 "http://127.0.0.1:${!port}/ready" 2>/dev/null
}

# migrate: every service's migrations, as the account and with the environment that it runs with.
migrate() {
    local name log text='' count
    step migrations ""
    for name in auth catalog booking payment worker sandbox; do
        step_show "$text$name …"
        log=$LOGS/migrate-$name.log
        # shellcheck disable=SC2016 # expanded by the shell that it starts
        env -i PATH="$PATH" bash -c 'set -a; . "$1"; set +a; cd /; eval "exec $2"' migrate \
            "$SV_DIR/$name/env" "${CHPST[*]} $(service_command "$name" migrate)" >"$log" 2>&1 </dev/null \
            || fail "the migrations of $name failed: $(plain_message "$(grep -v '^ *$' "$log" | tail -1)"); mend migrations/$name, or start with empty data: make down && rm -rf ${RUN_DIR#"$ROOT"/}"
        count=$(sql "$name" <<<'SELECT count(*) FROM _sqlx_migrations WHERE success')
        text+="$name $count · "
    done
    step_ok "${text% · }"
}
