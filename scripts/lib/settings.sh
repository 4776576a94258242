# shellcheck shell=bash
# What can be set: from the environment, else from .env in the checkout, else the default. See .env.example.

# Reads KEY=VALUE lines of .env that the environment does not set already; runs nothing in it.
load_dotenv() {
    local line key value
    [ -r "$ROOT/.env" ] || return 0
    while IFS= read -r line || [ -n "$line" ]; do
        line=${line#export }
        [[ $line =~ ^([A-Z][A-Z0-9_]*)=(.*)$ ]] || continue
        key=${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}
        [ -z "${!key+set}" ] || continue
        if [[ $value =~ ^\'(.*)\'$ || $value =~ ^\"(.*)\"$ ]]; then value=${BASH_REMATCH[1]}; fi
        export "$key=$value"
    done <"$ROOT/.env"
}
load_dotenv

# INSTANCE=test is a platform of its own for the tests: other ports, other folder, nothing durable, no limits.
INSTANCE=${INSTANCE:-main}
case $INSTANCE in
    main) ;;
    test)
        RUN_DIR=${RUN_DIR:-$ROOT/.run/test}
        PORT_OFFSET=${PORT_OFFSET:-20000}
        PROFILE=${PROFILE:-debug}
        RATE_LIMIT=${RATE_LIMIT:-off}
        DURABLE=${DURABLE:-off}
        RABBITMQ_MANAGEMENT=${RABBITMQ_MANAGEMENT:-on}
        ;;
    *) fail "INSTANCE is main or test, not \"$INSTANCE\"" ;;
esac

RUN_DIR=${RUN_DIR:-$ROOT/.run}
case $RUN_DIR in /*) ;; *) RUN_DIR=$ROOT/$RUN_DIR ;; esac
PROFILE=${PROFILE:-release}
RATE_LIMIT=${RATE_LIMIT:-on}
DURABLE=${DURABLE:-on}
RABBITMQ_MANAGEMENT=${RABBITMQ_MANAGEMENT:-off}
DEMO=${DEMO:-on}

[[ $PROFILE =~ ^(release|debug)$ ]] || fail "PROFILE is release or debug, not \"$PROFILE\""
for setting in RATE_LIMIT DURABLE RABBITMQ_MANAGEMENT DEMO; do
    [[ ${!setting} =~ ^(on|off)$ ]] || fail "$setting is on or off, not \"${!setting}\""
done

PORT_OFFSET=${PORT_OFFSET:-0}
[[ $PORT_OFFSET =~ ^[0-9]+$ ]] || fail "PORT_OFFSET is a number, not \"$PORT_OFFSET\""

# Every port, in the order of what people meet first: variable and default.
PORTS=(
    PORT:3000
    AUTH_PORT:8001 CATALOG_PORT:8002 BOOKING_PORT:8003 PAYMENT_PORT:8004 WORKER_PORT:8005 SANDBOX_PORT:8006
    MAIL_PAGE_PORT:1080 SMTP_PORT:1025
    POSTGRES_PORT:5532 REDIS_PORT:6479 RABBITMQ_PORT:5772 RABBITMQ_DIST_PORT:4471 EPMD_PORT:4470
)
[ "$RABBITMQ_MANAGEMENT" = off ] || PORTS+=(RABBITMQ_MANAGEMENT_PORT:5773 RABBITMQ_METRICS_PORT:5774)

for entry in "${PORTS[@]}"; do
    name=${entry%%:*}
    value=${!name:-$((${entry##*:} + PORT_OFFSET))}
    [[ $value =~ ^[0-9]+$ && $value -ge 1 && $value -le 65535 ]] || fail "$name is a port from 1 to 65535, not \"$value\""
    printf -v "$name" '%s' "$value"
done
unset entry name value setting

PUBLIC_URL=${PUBLIC_URL:-http://localhost:$PORT}
