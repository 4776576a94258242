#!/bin/sh
# Prints nginx.conf from nginx.conf.template and the environment; the same for `make up` and for the container.
#   {AUTH,CATALOG,BOOKING,PAYMENT,SANDBOX}_UPSTREAM  addresses of the service's replicas, host:port, separated by spaces
#   LISTEN           addresses to listen on, separated by spaces (default 3000)
#   WEB_ROOT         folder of the built SPA (default /usr/share/nginx/html)
#   TEMP_DIR         folder that nginx may write to (default /tmp)
#   WORKERS          worker processes (default auto)
#   SERVICE_PORTS    on: each service is also at its own port, 8001 to 8004, as a whole and without limits (default off)
#   RATE_LIMIT       off: no limits per address, for load tests (default on)
#   TRUSTED_PROXIES  networks whose X-Forwarded-For and -Proto are believed, separated by spaces (default none)
set -eu

here=$(dirname "$0")
modules=/usr/lib/nginx/modules

# each PREFIX SUFFIX WORD…: one line of configuration a word.
each() {
    prefix=$1 suffix=$2
    shift 2
    for word in "$@"; do
        case $word in *[!A-Za-z0-9.:_/\[\]-]*) echo "render.sh: \"$word\" is no address" >&2; exit 1 ;; esac
        printf '%s %s%s\n' "$prefix" "$word" "$suffix"
    done
}

# A replica that failed three times rests for two seconds; the only one there is never does.
servers() { each server ' max_fails=3 fail_timeout=2s;' "$@"; }

# shellcheck disable=SC2086 # the lists are meant to split
{
    AUTH_SERVERS=$(servers ${AUTH_UPSTREAM:-127.0.0.1:8001})
    CATALOG_SERVERS=$(servers ${CATALOG_UPSTREAM:-127.0.0.1:8002})
    BOOKING_SERVERS=$(servers ${BOOKING_UPSTREAM:-127.0.0.1:8003})
    PAYMENT_SERVERS=$(servers ${PAYMENT_UPSTREAM:-127.0.0.1:8004})
    SANDBOX_SERVERS=$(servers ${SANDBOX_UPSTREAM:-127.0.0.1:8006})
    LISTEN_LINES=$(each listen ' default_server backlog=4096;' ${LISTEN:-3000})
    REAL_IP=$(each set_real_ip_from ';' ${TRUSTED_PROXIES:-})
}
# For those who run the platform: they reach services by ports of their own, which one replica alone would take.
service_server() {
    cat <<SERVER
server {
    listen $1 backlog=4096;
    client_max_body_size 8m;
    proxy_read_timeout 1h;
    proxy_buffering off;
    location / {
        proxy_pass http://$2;
    }
}
SERVER
}
SERVICE_SERVERS=
if [ "${SERVICE_PORTS:-off}" = on ]; then
    SERVICE_SERVERS=$(service_server 8001 auth; service_server 8002 catalog; service_server 8003 booking; service_server 8004 payment)
fi
WEB_ROOT=${WEB_ROOT:-/usr/share/nginx/html}
TEMP_DIR=${TEMP_DIR:-/tmp}
WORKERS=${WORKERS:-auto}
RATE_LIMIT=${RATE_LIMIT:-on}
TRUSTED_PROXIES_COMMENT='TRUSTED_PROXIES (none here)'
FORWARDED_HTTPS=
if [ -n "$REAL_IP" ]; then
    TRUSTED_PROXIES_COMMENT="TRUSTED_PROXIES ($TRUSTED_PROXIES)"
    REAL_IP="$REAL_IP
real_ip_header X-Forwarded-For;
real_ip_recursive on;"
    FORWARDED_HTTPS='https https;'
fi
# From 1.27.4 an nginx that is told to end leaves idle connections open for a moment, so that no request meets their end.
KEEPALIVE_MIN=
version=$(nginx -v 2>&1 | sed 's|.*/||; s| .*||')
if [ "$(printf '%s\n' 1.27.4 "$version" | sort -V | head -n 1)" = 1.27.4 ]; then
    KEEPALIVE_MIN='keepalive_min_timeout 5s;'
fi
MODULES=
BROTLI=
if [ -e "$modules/ngx_http_brotli_static_module.so" ]; then
    MODULES="load_module $modules/ngx_http_brotli_static_module.so;"
    BROTLI='brotli_static on;'
fi
export AUTH_SERVERS CATALOG_SERVERS BOOKING_SERVERS PAYMENT_SERVERS SANDBOX_SERVERS SERVICE_SERVERS LISTEN_LINES REAL_IP WEB_ROOT TEMP_DIR \
    WORKERS RATE_LIMIT TRUSTED_PROXIES_COMMENT FORWARDED_HTTPS KEEPALIVE_MIN MODULES BROTLI

# shellcheck disable=SC2016 # names for envsubst: it leaves nginx's own variables alone
envsubst '$AUTH_SERVERS $CATALOG_SERVERS $BOOKING_SERVERS $PAYMENT_SERVERS $SANDBOX_SERVERS $SERVICE_SERVERS $LISTEN_LINES $REAL_IP $WEB_ROOT
    $TEMP_DIR $WORKERS $RATE_LIMIT $TRUSTED_PROXIES_COMMENT $FORWARDED_HTTPS $KEEPALIVE_MIN $MODULES $BROTLI' <"$here/nginx.conf.template"
