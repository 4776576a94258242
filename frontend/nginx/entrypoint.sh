#!/bin/sh
# The entry of the frontend's image: nginx with the configuration that render.sh makes of the environment. Only the folder
# for temporary files is written to, by whichever account runs it.
set -eu

TEMP_DIR=${TEMP_DIR:-/tmp}
export TEMP_DIR
sh "$(dirname "$0")/render.sh" >"$TEMP_DIR/nginx.conf"
exec nginx -c "$TEMP_DIR/nginx.conf" -e stderr -g 'daemon off;'
