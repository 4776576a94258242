#!/bin/sh
# The entry of the frontend's image: nginx with the configuration that render.sh makes of the environment. Only the folder
# for temporary files is written to, by whichever account runs it.
#   FOLLOW_UPSTREAMS   seconds: how often to look whether upstreams have other addresses now (default: never, see follow.sh)
set -eu

here=$(dirname "$0")
TEMP_DIR=${TEMP_DIR:-/tmp}
export TEMP_DIR
if [ -n "${FOLLOW_UPSTREAMS:-}" ]; then
    # nginx becomes this very process; what looks out for it lives and dies beside it.
    sh "$here/follow.sh" "$TEMP_DIR/nginx.conf"
    sh "$here/follow.sh" "$TEMP_DIR/nginx.conf" "$FOLLOW_UPSTREAMS" $$ &
else
    sh "$here/render.sh" >"$TEMP_DIR/nginx.conf"
fi
exec nginx -c "$TEMP_DIR/nginx.conf" -e stderr -g 'daemon off;'
