# shellcheck shell=bash
# Demo data through the public API, and the words at the end.

# Loaded once: what people do with it afterwards is theirs.
load_demo() {
    local log=$LOGS/demo.log stamp=$RUN_DIR/demo
    [ "$DEMO" = on ] || return 0
    step demo "loading"
    if [ ! -e "$stamp" ]; then
        step_run "$log" report_demo demo_script \
            || fail "the demo data could not be loaded: $(demo_error "$log"); see ${log#"$ROOT"/}, then run make up again"
        tail -1 "$log" >"$stamp"
    fi
    step_ok "$(cat "$stamp")"
}

demo_error() { grep -m1 'Error: ' "$1" | cut -c1-400 || tail -1 "$1" | cut -c1-400; }

# shellcheck source=/dev/null
demo_script() { (. "$RUN_DIR/env" && exec node "$SCRIPTS/demo/load.mjs" "http://127.0.0.1:$PORT"); }

report_demo() { printf '%s %s' "$2" "$(tail -1 "$1" 2>/dev/null | cut -c1-60)"; }

print_welcome() {
    if [ "$INSTANCE" != main ]; then
        printf '\n  the %s instance runs at %s; its addresses and logins: %s; stop: INSTANCE=%s make down\n' \
            "$INSTANCE" "$PUBLIC_URL" "${RUN_DIR#"$ROOT"/}/env" "$INSTANCE"
        return
    fi
    cat <<WELCOME

  Open $PUBLIC_URL        mail  $MAIL_URL
  organiser  $DEMO_ORGANISER_EMAIL / $DEMO_ORGANISER_PASSWORD   buyer  $DEMO_BUYER_EMAIL / $DEMO_BUYER_PASSWORD
  gate staff $DEMO_STAFF_EMAIL / $DEMO_STAFF_PASSWORD   admin  $ADMIN_EMAIL / $ADMIN_PASSWORD
  logs ${LOGS#"$ROOT"/}/   all addresses and logins: ${RUN_DIR#"$ROOT"/}/env   stop: make down   tests: make test
WELCOME
}
