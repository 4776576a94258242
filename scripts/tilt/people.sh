# shellcheck shell=bash
# The demo's people on the development cluster: passwords that are made once, as make up makes its own.

load_people() {
    local file=$ROOT/target/tilt/people name
    mkdir -p "${file%/*}"
    if [ ! -e "$file" ]; then
        for name in ORGANISER:olga STAFF:stefan BUYER:ben; do
            printf 'DEMO_%s_EMAIL=%s@example.com\nDEMO_%s_PASSWORD=%s\n' \
                "${name%:*}" "${name#*:}" "${name%:*}" "$(node -p 'crypto.randomBytes(9).toString("base64url")')"
        done | write_private "$file"
    fi
    set -a
    # shellcheck source=/dev/null
    . "$file"
    set +a
}
