#!/usr/bin/env bash
# The gate before everything else: secrets that anybody could know are refused, all of them at once, and so is a start with an
# empty database where there are backups of one.
set -euo pipefail

# These become parts of URLs.
WORDS=(POSTGRES_PASSWORD AUTH_DATABASE_PASSWORD CATALOG_DATABASE_PASSWORD BOOKING_DATABASE_PASSWORD PAYMENT_DATABASE_PASSWORD
    WORKER_DATABASE_PASSWORD SANDBOX_DATABASE_PASSWORD WATCHER_DATABASE_PASSWORD REDIS_PASSWORD RABBITMQ_PASSWORD
    SANDBOX_API_KEY SANDBOX_WEBHOOK_SECRET)
KEYS=(KEY_ENCRYPTION_KEY TICKET_SIGNING_KEY)
# These are typed by people.
LOGINS=(ADMIN_PASSWORD GRAFANA_PASSWORD)
FAULTS=()

fault() { FAULTS+=("$1 $2"); }

# What people write who mean to come back to it, and what others' examples say.
is_placeholder() {
    case ${1,,} in
        *change*me* | *changeit* | *replace* | *example* | *placeholder* | *password* | *passwort* | *secret* | *default* | *todo* | *xxxx* \
            | *qwerty* | *letmein* | *12345678* | guest | admin | postgres | test* | dummy* | '<'* | your[_-]*) return 0 ;;
    esac
    # One or two letters over and over.
    [ "$(fold -w 1 <<<"$1" | sort -u | grep -c .)" -le 2 ]
}

# hard_to_guess NAME LEAST: adds the fault of a word that is there for everybody to see, or that has fewer characters than LEAST.
hard_to_guess() {
    local value=${!1:-}
    if [ -z "$value" ]; then
        fault "$1" "is empty"
    elif is_placeholder "$value"; then
        fault "$1" "is a placeholder"
    elif [ "${#value}" -lt "$2" ]; then
        fault "$1" "is shorter than $2 characters"
    else
        return 0
    fi
    return 1
}

for name in "${WORDS[@]}"; do
    if hard_to_guess "$name" 16 && [[ ! ${!name} =~ ^[A-Za-z0-9._~-]+$ ]]; then
        fault "$name" "has characters other than letters, digits and . _ ~ -, and it is part of a URL"
    fi
done
for name in "${KEYS[@]}"; do
    value=${!name:-}
    if [ -z "$value" ]; then
        fault "$name" "is empty"
    elif [ "$(base64 -d <<<"$value" 2>/dev/null | wc -c)" != 32 ]; then
        fault "$name" "is not 32 bytes in base64 (openssl rand -base64 32)"
    elif [ "$(base64 -d <<<"$value" | od -An -v -tx1 -w1 | sort -u | wc -l)" -lt 16 ]; then
        fault "$name" "is not random (openssl rand -base64 32)"
    fi
done
for name in "${LOGINS[@]}"; do hard_to_guess "$name" 12 || true; done
for name in "${WORDS[@]}" "${KEYS[@]}" "${LOGINS[@]}"; do printf '%s\n' "${!name:-}"; done | grep . | sort | uniq -d | grep -q . \
    && fault "two secrets" "are the same, and who learns one must not have the other"

if [ "${#FAULTS[@]}" != 0 ]; then
    printf '%s.\n' "${FAULTS[@]}" >&2
    echo "Nothing was started. Take those lines out of .env and run make compose-env, which writes random ones for what is missing." >&2
    exit 1
fi

exec bash /operator/archive/guard.sh
