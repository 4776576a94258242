# shellcheck shell=bash disable=SC2034 # read by ../../standins.sh
# PostgreSQL, without its just-in-time compiler (LLVM would be half of the image).
IMAGE=docker.io/library/postgres:15.14
BELOW=(base shell)
WANTED=(postgresql util-linux)
ABSENT=(libllvm14 postgresql-client-common postgresql-common ssl-cert)
CONFIG='{"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["postgres"], "StopSignal": "SIGINT", "ExposedPorts": {"5432/tcp": {}},
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/@MAJOR@/bin", "LANG=C.UTF-8",
        "PG_MAJOR=@MAJOR@", "PGDATA=/var/lib/postgresql/data"]}'

finish() {
    local major
    major=$(basename usr/lib/postgresql/*)
    CONFIG=${CONFIG//@MAJOR@/$major}
    account postgres 999 /var/lib/postgresql
    install -d -o 999 -g 999 var/lib/postgresql
    install -d -m 1777 -o 999 -g 999 var/lib/postgresql/data
    install -d -m 3777 -o 999 -g 999 run/postgresql
    rm -rf usr/lib/postgresql/*/lib/{bitcode,llvmjit*}
}
