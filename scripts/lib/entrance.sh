# shellcheck shell=bash
# nginx: the SPA and the one public entrance, from the template that the containers use too.

prepare_entrance() {
    local conf=$STATE/conf/nginx.conf tmp=$STATE/data/entrance listen=127.0.0.1:$PORT
    # Browsers try ::1 for "localhost" first where the machine has it.
    ! grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null || listen+=" [::1]:$PORT"
    LISTEN=$listen WEB_ROOT=$STATE/www TEMP_DIR=$tmp RATE_LIMIT=$RATE_LIMIT WORKERS=2 PUBLIC_URL=$PUBLIC_URL \
        AUTH_UPSTREAM=127.0.0.1:$AUTH_PORT CATALOG_UPSTREAM=127.0.0.1:$CATALOG_PORT BOOKING_UPSTREAM=127.0.0.1:$BOOKING_PORT \
        PAYMENT_UPSTREAM=127.0.0.1:$PAYMENT_PORT SANDBOX_UPSTREAM=127.0.0.1:$SANDBOX_PORT \
        sh "$ROOT/frontend/nginx/render.sh" | write_as_runner "$conf"
    unit_changed entrance "$FILE_CHANGED"
    unit_env entrance </dev/null
    # The access log goes where the output goes, which nginx opens anew, as the platform's account.
    unit entrance "nginx -p $(printf '%q' "$tmp") -c $(printf '%q' "$conf") -e stderr -g 'daemon off;'" <<RUN
! [ "\$(id -u)" = 0 ] || chown $RUN_USER /proc/self/fd/1
RUN
    # SIGQUIT lets open requests end.
    unit_stops_by entrance QUIT
}

entrance_ready() { curl -fsS -o /dev/null --max-time 2 "http://127.0.0.1:$PORT/health" 2>/dev/null; }
