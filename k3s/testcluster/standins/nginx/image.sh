# shellcheck shell=bash disable=SC2034 # read by ../../standins.sh
# nginx as the base of the frontend, with envsubst; like the real one without a module for brotli.
IMAGE=docker.io/library/nginx:1.28.0
BELOW=(base shell)
WANTED=(nginx gettext-base)
ABSENT=()
CONFIG='{"Cmd": ["nginx", "-g", "daemon off;"], "StopSignal": "SIGQUIT", "ExposedPorts": {"80/tcp": {}},
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}'

finish() {
    account nginx 101 /nonexistent
    install -d -o 101 -g 101 var/cache/nginx
    install -d var/log/nginx usr/share/nginx/html
    ln -sfn /dev/stdout var/log/nginx/access.log
    ln -sfn /dev/stderr var/log/nginx/error.log
    rm -rf etc/ufw etc/nginx/{modules,sites}-* usr/share/vim var/lib/nginx
}
