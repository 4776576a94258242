# shellcheck shell=bash disable=SC2034 # read by ../../standins.sh
# Stands for the base of the Rust services: what a dynamically linked program needs, and no shell.
IMAGE=gcr.io/distroless/cc-debian12:nonroot
BELOW=()
WANTED=(libc6 libgcc-s1 ca-certificates tzdata netbase)
ABSENT=()
CONFIG='{"User": "65532", "WorkingDir": "/home/nonroot", "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"]}'

finish() {
    account nonroot 65532 /home/nonroot
    install -d -m 700 -o 65532 -g 65532 home/nonroot
    install -d -m 1777 tmp
    install -d etc/ssl/certs root run var
    ln -s /run var/run
    cat usr/share/ca-certificates/mozilla/*.crt >etc/ssl/certs/ca-certificates.crt
    printf 'passwd: files\ngroup: files\nhosts: files dns\nnetworks: files\n' >etc/nsswitch.conf
    # Tables of character sets that no program here speaks.
    rm -rf usr/lib/*/gconv usr/share/ca-certificates
}
