# shellcheck shell=bash disable=SC2034 # read by ../../standins.sh
# Below PostgreSQL, Redis, RabbitMQ and nginx: what scripts and people use of the Debian that is below the real images, and
# libraries that several of the four need.
IMAGE=
BELOW=(base)
WANTED=(bash coreutils dash debianutils findutils grep gzip hostname libc-bin libssl3 libstdc++6 libsystemd0 mawk sed tar)
ABSENT=()
CONFIG={}

finish() {
    ln -s mawk usr/bin/awk
    install -d -m 1777 var/tmp
    install -d var/log usr/local/bin
    rm -rf usr/bin/localedef usr/sbin/{iconvconfig,ldconfig,zic} usr/share/zoneinfo
}
