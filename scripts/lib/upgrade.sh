# shellcheck shell=bash
# The release after this one, for tests of upgrades: Booking with one more migration, compiled from a copy of the sources.

UPGRADE=$TARGET_DIR/upgrade
NEXT_VERSION=0.1.1

# A copy keeps the files' times, so that cargo builds only what differs. Crates of another version are other crates to it: they
# lie beside this release's, and lean on the same dependencies.
copy_sources() {
    cd "$ROOT" || return
    rm -rf "$UPGRADE/source"
    mkdir -p "$UPGRADE/source" "$UPGRADE/programs"
    git ls-files -z --cached --others --exclude-standard -- Cargo.toml Cargo.lock bench crates services operator migrations \
        | tar -c --null --ignore-failed-read -T - | tar -x -C "$UPGRADE/source" || return
    sed -i "/^\[workspace.package\]/,/^\[/ s/^version = .*/version = \"$NEXT_VERSION\"/" "$UPGRADE/source/Cargo.toml"
    # It takes a lock that a transaction of somebody else's can hold up, as real migrations do.
    printf 'ALTER TABLE events ADD COLUMN next_release boolean;\n' >"$UPGRADE/source/migrations/booking/9999_next_release.sql"
}

build_upgrade() {
    copy_sources || return
    cd "$UPGRADE/source" || return
    CARGO_BUILD_BUILD_DIR=$TARGET_DIR CARGO_TARGET_DIR=$UPGRADE/target cargo build --offline --workspace --release --bin booking || return
    cmp -s "$UPGRADE/target/release/booking" "$UPGRADE/programs/booking" || cp "$UPGRADE/target/release/booking" "$UPGRADE/programs/booking"
}
