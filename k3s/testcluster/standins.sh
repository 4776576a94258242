# shellcheck shell=bash
# Stand-ins for images that can't be pulled: layers unpacked from the packages of the Debian that this machine runs. apt
# fetches and verifies them; nothing is installed. standins/NAME/image.sh says what is in a layer:
#   IMAGE   the name it stands for; empty where it is only below others
#   BELOW   the layers below it
#   WANTED  packages that it is made of, beside what they need
#   ABSENT  packages that they name and can do without here
#   CONFIG  the image's OCI config
#   finish  does, in the layer's folder, what the packages' own scripts would do

IMAGE='' BELOW=() WANTED=() ABSENT=() CONFIG=''
LAYERS=$IMAGES/layers
DEBS=$IMAGES/packages
# What packages ask for to be set up and looked after on a machine.
TOOLING=(adduser cron debconf dpkg init-system-helpers iproute2 locales logrotate lsb-base openssl passwd perl perl-base python3
    readline-common sensible-utils sysvinit-utils ucf usrmerge)
# What people read, and what a machine's own services want.
LITTER=(etc/cron.d etc/default etc/init.d etc/logrotate.d usr/lib/systemd usr/share/{apport,bash-completion,bug,debianutils,doc,doc-base,info}
    usr/share/{lintian,locale,man,menu,perl5,zsh} var/cache var/lib/systemd)

# What decides whether a layer may have changed, without asking apt: its files, the layers below, the package lists.
standin_inputs() {
    {
        cat "$HERE/standins.sh" "$HERE/standins/$1"/*
        find /var/lib/apt/lists -maxdepth 1 -name '*Release' -exec cat {} +
        [ "${#BELOW[@]}" = 0 ] || (cd "$LAYERS" && cat "${BELOW[@]/%/.contents}")
    } | sha256sum
}

# For apt to read: these packages are there, in these versions.
installed() {
    printf 'Package: %s\nStatus: install ok installed\nVersion: %s\nArchitecture: %s\nMulti-Arch: allowed\nMaintainer: -\nDescription: -\n\n' \
        "$1" "$2" "$(dpkg --print-architecture)"
}

# standin_packages NAME: what the layer adds to those below, a package=version a line.
standin_packages() {
    local status=$LAYERS/$1.status package
    for package in "${TOOLING[@]}" "${ABSENT[@]}"; do installed "$package" 99:0; done >"$status"
    # An address, a file's name (name_version_architecture.deb, a colon as %3a), …
    apt_quietly -o Dir::State::status="$status" --print-uris -y install "${WANTED[@]}" \
        | awk -F "[' ]+" '/^\x27/ { split($3, part, "_"); gsub(/%3a/, ":", part[2]); print part[1] "=" part[2] }' \
        | grep -vxFf <(cd "$LAYERS" && cat /dev/null "${BELOW[@]/%/.contents}")
}

fetch_packages() {
    local package version missing=()
    for package in "$@"; do
        version=${package#*=}
        compgen -G "$DEBS/${package%%=*}_${version//:/%3a}_*.deb" >/dev/null || missing+=("$package")
    done
    [ "${#missing[@]}" = 0 ] || (cd "$DEBS" && apt_quietly download "${missing[@]}")
}

# account NAME ID HOME: who may run in the image.
account() {
    install -d etc
    printf '%s\n' root:x:0:0:root:/root:/sbin/nologin "$1:x:$2:$2:$1:$3:/sbin/nologin" \
        nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin >etc/passwd
    printf '%s\n' root:x:0: "$1:x:$2:" nogroup:x:65534: >etc/group
}

# unpack NAME PACKAGE=VERSION…
unpack() (
    local name=$1 package version
    shift
    rm -rf "$LAYERS/$name.new"
    mkdir -p "$LAYERS/$name.new"
    cd "$LAYERS/$name.new"
    mkdir -p usr/{bin,lib,lib64,sbin}
    for package in bin lib lib64 sbin; do ln -s "usr/$package" "$package"; done
    for package in "$@"; do
        version=${package#*=}
        dpkg-deb --fsys-tarfile "$(compgen -G "$DEBS/${package%%=*}_${version//:/%3a}_*.deb")" | tar -x --keep-directory-symlink
    done
    rm -rf "${LITTER[@]}"
    finish
    if [ -e "$HERE/standins/$name/docker-entrypoint.sh" ]; then
        install -D -m 755 "$HERE/standins/$name/docker-entrypoint.sh" usr/local/bin/docker-entrypoint.sh
    fi
    printf '%s\n' "$CONFIG" >"$LAYERS/$name.config"
    rm -rf "${LAYERS:?}/$name" "$LAYERS/$name".{layer,stamp}
    mv "$LAYERS/$name.new" "$LAYERS/$name"
)

# standin NAME: makes the layer, and those below, unless they are there. Sets IMAGE, BELOW and so on.
standin() {
    local name=$1 below packages recipe
    mkdir -p "$LAYERS" "$DEBS"
    # shellcheck source=/dev/null
    . "$HERE/standins/$name/image.sh"
    for below in "${BELOW[@]}"; do (standin "$below"); done
    [ "$(cat "$LAYERS/$name.inputs" 2>/dev/null)" != "$(standin_inputs "$name")" ] || return 0
    have apt-get || fail "the stand-in images are made of Debian's packages, and this machine has no apt-get"
    recipe=$(cat "$HERE/standins.sh" "$HERE/standins/$name"/* | sha256sum)
    # Package lists may be missing or older than the archive.
    packages=$(standin_packages "$name") || { apt_quietly update && packages=$(standin_packages "$name"); }
    # shellcheck disable=SC2086 # a package a word
    fetch_packages $packages || { apt_quietly update && packages=$(standin_packages "$name") && fetch_packages $packages; }
    if [ "$(cat "$LAYERS/$name.contents" 2>/dev/null)" != "$packages"$'\n'"$recipe" ]; then
        # shellcheck disable=SC2086
        unpack "$name" $packages
        printf '%s\n' "$packages" "$recipe" >"$LAYERS/$name.contents"
    fi
    standin_inputs "$name" >"$LAYERS/$name.inputs"
}
