# shellcheck shell=bash
# Passwords and keys, made once for a .run folder and kept in $RUN_DIR/secrets, readable by its owner alone.

SECRETS=$RUN_DIR/secrets

random_word() { openssl rand -hex "$1"; }
random_key() { openssl rand -base64 32; }

# Words for logins that a person types: short, without letters that look alike.
random_password() {
    local word=
    while [ "${#word}" -lt 12 ]; do
        word+=$(openssl rand 64 | LC_ALL=C tr -dc 'abcdefghjkmnpqrstuvwxyz23456789' | head -c $((12 - ${#word}))) || true
    done
    printf '%s-%s-%s' "${word:0:4}" "${word:4:4}" "${word:8:4}"
}

# One NAME='value' a line. The file wins over the environment: a database that knows a password keeps it. A name that a
# newer version needs is added to an older file.
ensure_secrets() {
    local name before
    # shellcheck source=/dev/null
    [ ! -r "$SECRETS" ] || . "$SECRETS"
    before=$(cat "$SECRETS" 2>/dev/null) || true
    for name in ADMIN AUTH CATALOG BOOKING PAYMENT WORKER SANDBOX; do
        secret "POSTGRES_PASSWORD_$name" random_word 16
    done
    secret REDIS_PASSWORD random_word 16
    secret RABBITMQ_PASSWORD random_word 16
    secret KEY_ENCRYPTION_KEY random_key
    secret TICKET_SIGNING_KEY random_key
    secret SANDBOX_API_KEY random_word 24
    secret SANDBOX_WEBHOOK_SECRET random_word 24
    for name in ADMIN_PASSWORD DEMO_ORGANISER_PASSWORD DEMO_STAFF_PASSWORD DEMO_BUYER_PASSWORD; do
        secret "$name" random_password
    done
    # Written first, used after: a password that a database knows is never lost.
    if [ "$SECRET_LINES" != "$before" ]; then printf '%s\n' "$SECRET_LINES" | write_private "$SECRETS"; fi
}
SECRET_LINES=

# secret NAME COMMAND…: NAME keeps the value of the file or environment, else COMMAND makes one.
secret() {
    local name=$1
    shift
    [ -n "${!name:-}" ] || printf -v "$name" '%s' "$("$@")"
    SECRET_LINES+=${SECRET_LINES:+$'\n'}$name=\'${!name}\'
}

database_url() {
    local name=${1^^} variable
    variable=POSTGRES_PASSWORD_$name
    printf 'postgres://%s:%s@127.0.0.1:%s/%s' "$1" "${!variable}" "$POSTGRES_PORT" "$1"
}

# shellcheck disable=SC2034 # written to the env files by name
set_urls() {
    local name variable
    for name in auth catalog booking payment worker sandbox; do
        printf -v "DATABASE_URL_${name^^}" '%s' "$(database_url "$name")"
        variable=${name^^}_PORT
        printf -v "${name^^}_URL" 'http://127.0.0.1:%s' "${!variable}"
    done
    DATABASE_URL_ADMIN=postgres://postgres:$POSTGRES_PASSWORD_ADMIN@127.0.0.1:$POSTGRES_PORT/postgres
    REDIS_URL=redis://:$REDIS_PASSWORD@127.0.0.1:$REDIS_PORT
    RABBITMQ_URL=amqp://platform:$RABBITMQ_PASSWORD@127.0.0.1:$RABBITMQ_PORT/%2f
    RABBITMQ_ADMIN_URL= RABBITMQ_METRICS_URL=
    if [ "$RABBITMQ_MANAGEMENT" = on ]; then
        RABBITMQ_ADMIN_URL=http://platform:$RABBITMQ_PASSWORD@127.0.0.1:$RABBITMQ_MANAGEMENT_PORT
        RABBITMQ_METRICS_URL=http://127.0.0.1:$RABBITMQ_METRICS_PORT
    fi
    SMTP_URL=smtp://127.0.0.1:$SMTP_PORT
    MAIL_URL=http://localhost:$MAIL_PAGE_PORT
    FRONTEND_URL=$PUBLIC_URL
    SANDBOX_PUBLIC_URL=${SANDBOX_PUBLIC_URL:-$PUBLIC_URL/sandbox}
    ADMIN_EMAIL=${ADMIN_EMAIL:-admin@example.com}
    DEMO_ORGANISER_EMAIL=olga@example.com
    DEMO_STAFF_EMAIL=stefan@example.com
    DEMO_BUYER_EMAIL=ben@example.com
}

# $RUN_DIR/env: every URL and login, for people, tests and scripts (`. .run/env`).
write_env_file() {
    local name
    {
        printf '# Written by make up. Readable by its owner alone: it holds every password of this platform.\n'
        for name in DATABASE_URL_{AUTH,CATALOG,BOOKING,PAYMENT,WORKER,SANDBOX,ADMIN} \
            REDIS_URL RABBITMQ_URL ${RABBITMQ_ADMIN_URL:+RABBITMQ_ADMIN_URL RABBITMQ_METRICS_URL} \
            SMTP_URL MAIL_URL FRONTEND_URL PUBLIC_URL {AUTH,CATALOG,BOOKING,PAYMENT,WORKER,SANDBOX}_URL SANDBOX_PUBLIC_URL \
            ADMIN_EMAIL ADMIN_PASSWORD DEMO_{ORGANISER,STAFF,BUYER}_{EMAIL,PASSWORD} \
            KEY_ENCRYPTION_KEY TICKET_SIGNING_KEY SANDBOX_API_KEY SANDBOX_WEBHOOK_SECRET RATE_LIMIT; do
            printf "export %s='%s'\n" "$name" "${!name}"
        done
    } | write_private "$RUN_DIR/env"
}
