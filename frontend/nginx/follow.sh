#!/bin/sh
# Gives nginx all the addresses that the upstreams' names have, and tells it when they change. nginx looks a name up once, when it
# reads its configuration; with Docker Compose a name has an address for each replica, and replicas come and go. A Service of
# Kubernetes keeps its address, and what `make up` starts does, too: neither needs this.
#   follow.sh CONF                  writes the configuration
#   follow.sh CONF SECONDS PROCESS  looks every so many seconds, and has nginx read it again when it differs
set -eu

here=$(dirname "$0")
conf=$1
# A name that is nobody's now is asked for outside, where there may be no answer.
export RES_OPTIONS='timeout:1 attempts:1 ndots:0'

# addresses HOST:PORT…: all that the names have now, in an order that does not change.
addresses() {
    for word in "$@"; do
        getent ahostsv4 "${word%:*}" | awk -v port="${word##*:}" '$2 == "STREAM" { print $1 ":" port }'
    done | sort -u | tr '\n' ' '
}

# A service of which there is nothing now keeps the addresses that it had: it may be back at one of them in a moment, and nginx
# takes no upstream without a server. Where there were none yet, nobody listens at the one that it gets.
look() {
    # shellcheck disable=SC2086 # lists of addresses
    {
        found=$(addresses ${AUTH_UPSTREAM:-}) && auth=${found:-$auth}
        found=$(addresses ${CATALOG_UPSTREAM:-}) && catalog=${found:-$catalog}
        found=$(addresses ${BOOKING_UPSTREAM:-}) && booking=${found:-$booking}
        found=$(addresses ${PAYMENT_UPSTREAM:-}) && payment=${found:-$payment}
        found=$(addresses ${SANDBOX_UPSTREAM:-}) && sandbox=${found:-$sandbox}
    }
    AUTH_UPSTREAM=$auth CATALOG_UPSTREAM=$catalog BOOKING_UPSTREAM=$booking PAYMENT_UPSTREAM=$payment SANDBOX_UPSTREAM=$sandbox \
        sh "$here/render.sh" >"$conf.new"
}

nobody=127.0.0.1:9
auth=$nobody catalog=$nobody booking=$nobody payment=$nobody sandbox=$nobody
if [ -z "${2:-}" ]; then
    look
    mv "$conf.new" "$conf"
    exit 0
fi
# What names have now, to see cheaply whether that changed.
glance() {
    for word in ${AUTH_UPSTREAM:-} ${CATALOG_UPSTREAM:-} ${BOOKING_UPSTREAM:-} ${PAYMENT_UPSTREAM:-} ${SANDBOX_UPSTREAM:-}; do
        printf '%s\n' "$word"
        getent ahostsv4 "${word%:*}" || true
    done | sort -u
}

last=
while sleep "$2"; do
    seen=$(glance)
    [ "$seen" != "$last" ] || continue
    # Whatever goes wrong, the next look may be better.
    look || continue
    last=$seen
    [ "$(cat "$conf.new")" != "$(cat "$conf")" ] || continue
    mv "$conf.new" "$conf"
    echo "follow.sh: replicas changed; auth $auth, catalog $catalog, booking $booking, payment $payment, sandbox $sandbox" >&2
    kill -HUP "$3" || exit 0
done
