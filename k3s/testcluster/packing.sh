# shellcheck shell=bash
# Packs container images without a container engine: stand-ins for those that can't be pulled, and the platform's own, with the
# layers that the top-level Dockerfile gives them, from the programs that cargo built. Who sources this gives them to somebody:
# ./images to the cluster, scripts/test-compose to Docker. lib.sh is there already.

# shellcheck source=standins.sh
. "$HERE/standins.sh"
# shellcheck source=../../scripts/lib/build.sh
. "$SCRIPTS/lib/build.sh"

STANDINS=(postgres redis rabbitmq)
PROFILE=${PROFILE:-release}
PROGRAMS=${PROGRAMS:-$TARGET_DIR/$PROFILE}
IMAGE_REGISTRY=${IMAGE_REGISTRY:-ghcr.io/event-platform}
IMAGE_VERSION=${IMAGE_VERSION:-$(sed -n '/^\[workspace.package\]/,/^\[/ s/^version = "\(.*\)"$/\1/p' "$ROOT/Cargo.toml")}

# pack NAME IMAGE CONFIG LAYER…: the image as an archive that the cluster, and docker load, read. Sets LAYER_BYTES.
pack() {
    local name=$1 image=$2 config=$3 layers
    shift 3
    layers=$(IFS=, && printf '%s' "$*")
    LAYER_BYTES=$("$HERE/image.py" "$IMAGES/$name.tar" "$config" "$layers" "$image")
}

# with CONFIG MEMBERS: a config with more members.
with() { printf '%s, %s}' "${1%\}}" "$2"; }

# The version is in the image, too: two versions of the same content are two images.
labels() { printf '"Labels": {"org.opencontainers.image.title": "%s", "org.opencontainers.image.version": "%s"}' "$1" "$IMAGE_VERSION"; }

pack_standin() {
    standin "$1"
    # shellcheck disable=SC2153 # IMAGE is what standin sets, LAYERS is standins.sh's
    pack "$1" "$IMAGE" "$(cat "$LAYERS/$1.config")" "${BELOW[@]/#/$LAYERS/}" "$LAYERS/$1"
}

# pack_service NAME: the program on the base, as in the Dockerfile.
pack_service() {
    local name=$1 program=$PROGRAMS/$1 folder=$IMAGES/own/$1 command=serve
    [ "$name" != operator ] || command=run
    [ -x "$program" ] || fail "$program is not there; run: cargo build --workspace --bins --profile $([ "$PROFILE" = debug ] && echo dev || echo "$PROFILE")"
    standin base
    mkdir -p "$folder"
    cmp -s "$program" "$folder/$name" || install -m 755 "$program" "$folder/$name"
    pack "$name" "$IMAGE_REGISTRY/$name:$IMAGE_VERSION" \
        "$(with "$(cat "$LAYERS/base.config")" "\"Entrypoint\": [\"/$name\"], \"Cmd\": [\"$command\"], $(labels "$name")")" \
        "$LAYERS/base" "$folder/"
}

pack_frontend() {
    local folder=$IMAGES/own/frontend digest
    check_tools
    mkdir -p "$CLUSTER/logs"
    build_spa >"$CLUSTER/logs/spa.log" 2>&1 || fail "the SPA could not be built: $(first_error "$CLUSTER/logs/spa.log"); see $CLUSTER/logs/spa.log"
    standin nginx
    digest=$(cat "$ROOT/frontend/dist/.digest" "$ROOT/frontend/nginx"/* | sha256sum)
    if [ "$(cat "$folder.digest" 2>/dev/null)" != "$digest" ]; then
        rm -rf "$folder"
        mkdir -p "$folder"/{usr/share/nginx/html,opt/frontend}
        cp -Rp "$ROOT/frontend/dist/." "$folder/usr/share/nginx/html/"
        rm -f "$folder/usr/share/nginx/html/.digest"
        cp "$ROOT/frontend/nginx"/* "$folder/opt/frontend/"
        chmod -R u=rwX,go=rX "$folder"
        printf '%s\n' "$digest" >"$folder.digest"
    fi
    pack frontend "$IMAGE_REGISTRY/frontend:$IMAGE_VERSION" \
        "$(with "$(cat "$LAYERS/nginx.config")" "\"User\": \"101\", \"Entrypoint\": [\"/opt/frontend/entrypoint.sh\"], \"Cmd\": [], $(labels frontend)")" \
        "$LAYERS/base" "$LAYERS/shell" "$LAYERS/nginx" "$folder/"
}

# pack_image NAME: any of them.
pack_image() {
    case " ${STANDINS[*]} " in
        *" $1 "*) pack_standin "$1" ;;
        *) if [ "$1" = frontend ]; then pack_frontend; else pack_service "$1"; fi ;;
    esac
}

# make_images GIVE NAME…: packs each and hands it to the function GIVE, one process at a time: the cluster and Compose may be tested
# side by side. The size that it tells is the image's own layer.
make_images() {
    local give=$1 name lock known=("${STANDINS[@]}" "${BINARIES[@]}" frontend operator)
    shift
    [ $# != 0 ] || set -- "${known[@]}"
    for name in "$@"; do
        case " ${known[*]} " in
            *" $name "*) ;;
            *) fail "there is no image \"$name\"; there are ${known[*]}" ;;
        esac
    done
    mkdir -p "$IMAGES"
    exec {lock}>"$IMAGES/lock"
    flock "$lock"
    for name in "$@"; do
        step "$name" "packing"
        pack_image "$name"
        "$give" "$name"
        step_ok "$(cut -d' ' -f2 "$IMAGES/$name.tar.id")  $(awk -v bytes="$LAYER_BYTES" 'BEGIN { printf "%.1f MB", bytes / 1e6 }')"
    done
    exec {lock}>&-
}
