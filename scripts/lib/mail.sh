# shellcheck shell=bash
# The mail catcher: takes every mail by SMTP, delivers none, shows them on a page.

# A Node.js that the platform's account may execute: one in somebody's home folder is copied.
node_for_runner() {
    local node
    node=$(readlink -f "$(command -v node)")
    if ! as_runner test -x "$node"; then
        cmp -s "$node" "$STATE/bin/node" || install -m 755 "$node" "$STATE/bin/node"
        node=$STATE/bin/node
    fi
    printf '%s' "$node"
}

prepare_mail() {
    if ! cmp -s "$SCRIPTS/mail/node_modules/.lock-digest" "$STATE/mail/node_modules/.lock-digest"; then
        rm -rf "$STATE/mail"
        mkdir -p "$STATE/mail"
        cp -R "$SCRIPTS/mail/node_modules" "$STATE/mail/"
        chmod -R u=rwX,go=rX "$STATE/mail"
        unit_changed mail
    fi
    unit_env mail </dev/null
    # A small heap is plenty for mails, and keeps an idle Node.js small.
    unit mail "$(printf '%q ' "$(node_for_runner)" --max-semi-space-size=1 --max-old-space-size=192 \
        "$STATE/mail/node_modules/maildev/bin/maildev" --ip 127.0.0.1 --smtp "$SMTP_PORT" --web-ip 127.0.0.1 \
        --web "$MAIL_PAGE_PORT" --mail-directory "$STATE/data/mail" --silent)" </dev/null
}

mail_ready() { curl -fsS -o /dev/null --max-time 2 "http://127.0.0.1:$MAIL_PAGE_PORT/healthz" 2>/dev/null; }
