# shellcheck shell=bash
# The stages of make test: each a function, its output in a file, its last lines shown when it fails.

SUMMARY=()
BROKEN=()

stage_title() {
    case $1 in
        rust) echo "Rust unit and integration tests" ;;
        system) echo "system tests: races, faults, kills" ;;
        spa) echo "SPA: types, lint, unit tests" ;;
        api) echo "API guide, schemathesis" ;;
        browser) echo "browser journeys" ;;
        cluster) echo "operator on a real Kubernetes" ;;
    esac
}

stage_platform() {
    local log=$RESULTS/platform.log
    step platform "starting"
    # The lock is for one script; this one hands over.
    step_run "$log" report_plain "$SCRIPTS/up" || {
        tail -n 5 "$log"
        fail "the platform for the tests could not be started; see ${log#"$ROOT"/}"
    }
    step_ok "at $PUBLIC_URL"
}

# run_stage NAME: all stages run, also after one that failed.
run_stage() {
    local name=$1 title log=$RESULTS/$1.log status=0 count
    title=$(stage_title "$name")
    step "$name" "$title"
    step_note "$title"
    step_run "$log" "report_$name" "stage_$name" || status=$?
    count=$("count_$name" "$log")
    if [ "$status" = 0 ]; then
        step_ok "$title: $count"
        SUMMARY+=("$(printf '%s %-9s %-38s %-30s %s' "$MARK_OK" "$name" "$title" "$count" "$(humane $((SECONDS - STEP_START)))")")
    else
        step_abort
        BROKEN+=("$name")
        SUMMARY+=("$(printf '%s %-9s %-38s %-30s %s' "$MARK_FAIL" "$name" "$title" "$count" "${log#"$ROOT"/}")")
        printf -- '---- the end of %s\n' "${log#"$ROOT"/}"
        failures "$name" "$log"
        printf -- '----\n'
    fi
}

# What most likely tells why a stage failed.
failures() {
    local shown
    shown=$(grep -nE "^(error|failures:|---- .* stdout|thread '.*panicked|test result: FAILED| *FAIL |not ok|AssertionError|docs/api\.md:[0-9]+:)" "$2" | head -40) || true
    if [ -n "$shown" ]; then
        printf '%s\n…\n' "$shown"
    fi
    tail -n 60 "$2"
}

host_triple() { rustc -vV | sed -n 's/^host: //p'; }

# cargo test with the same packages and features as the build had, so that nothing is built twice.
cargo_test() {
    local triple
    triple=$(host_triple | tr 'a-z-' 'A-Z_')
    cd "$ROOT" || return
    # The platform's own setting is none of the tests'.
    env -u RATE_LIMIT "CARGO_TARGET_${triple}_RUNNER=$SCRIPTS/lib/test-runner" \
        cargo test --locked --workspace --features "$TEST_FEATURES" --no-fail-fast "$@"
}

# Names of the workspace's integration test targets but those of the system and of the cluster, which need more than cargo.
integration_tests() {
    (cd "$ROOT" && cargo metadata --locked --no-deps --format-version 1) | node -e '
        let text = "";
        process.stdin.on("data", (part) => (text += part)).on("end", () => {
            const targets = JSON.parse(text).packages.flatMap((item) => item.targets);
            const names = targets.filter((target) => target.kind.includes("test")).map((target) => target.name);
            for (const name of new Set(names)) if (name !== "system" && name !== "cluster") console.log("--test", name);
        });'
}

stage_rust() {
    local tests
    # shellcheck disable=SC2207 # words without spaces
    tests=($(integration_tests)) || return
    cargo_test --lib --bins "${tests[@]}" && cargo_test --doc
}
report_rust() { report_tests "$@"; }
count_rust() { count_tests "$1"; }

stage_system() {
    local options=(--test-threads="${SYSTEM_TEST_THREADS:-2}")
    # Only what the cluster's tests need, too, is asked of a machine; without it these few are left out, aloud.
    if have go; then "$SCRIPTS/jaeger/build" || return; else options+=(--skip traces::); fi
    RUN_DIR=$RUN_DIR JAEGER=$ROOT/target/tools/jaeger cargo_test --test system -- "${options[@]}"
}
report_system() { report_tests "$@"; }
count_system() {
    count_tests "$1"
    have go || printf '; no traces, since there is no Go toolchain'
}

report_tests() { printf '%s: %s passed' "$2" "$(grep -cE '^test .* ok$' "$1" 2>/dev/null || true)"; }

count_tests() {
    awk '/^test result:/ { passed += $4; failed += $6; ignored += $8 }
        END { printf "%d passed", passed; if (failed) printf ", %d failed", failed; if (ignored) printf ", %d ignored", ignored }' "$1"
}

stage_spa() { (cd "$ROOT/frontend" && npm run --silent check); }
report_spa() { report_plain "$@"; }
count_spa() { sed 's/\x1b\[[0-9;]*m//g' "$1" | sed -n 's/^ *Tests  *\(.*\)$/\1/p' | tail -1; }

stage_api() {
    local status=0
    "$SCRIPTS/api-guide" "$PUBLIC_URL" || status=1
    "$SCRIPTS/schemathesis/run" "$RESULTS" || status=1
    return "$status"
}
report_api() { printf '%s: %s' "$2" "$(sed -n 's/^== //p' "$1" 2>/dev/null | tail -1)"; }
count_api() {
    awk '/^ *[0-9]+ generated/ { n += $1 } /^[0-9]+ examples hold$/ { examples = $1 }
        END { if (examples) printf "%d examples", examples; if (n) printf "%s%d cases", examples ? ", " : "", n }' "$1"
}

stage_browser() {
    cd "$ROOT/frontend" || return
    CHROMIUM_PATH=${CHROMIUM_PATH:-$(command -v chromium)} E2E_RESULTS=$RESULTS/browser npm run --silent e2e
}
report_browser() { report_plain "$@"; }
count_browser() { awk '$2 == "pass" { passed = $3 } $2 == "fail" { failed = $3 } END { printf "%d passed", passed; if (failed) printf ", %d failed", failed }' "$1"; }

print_summary() {
    printf '\n  summary (%s)\n' "$(humane "$SECONDS")"
    printf '  %s\n' "${SUMMARY[@]}"
    if [ "${#BROKEN[@]}" != 0 ]; then
        printf '\n%s tests failed: %s; their whole output: %s/\n' "$MARK_FAIL" "${BROKEN[*]}" "${RESULTS#"$ROOT"/}"
        FAILED=1
        exit 1
    fi
    printf '\n%s all tests passed in %s\n' "$MARK_OK" "$(humane "$SECONDS")"
}
