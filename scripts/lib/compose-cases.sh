# shellcheck shell=bash
# The tests of Docker Compose, one after another on one platform. A case sets NOTE to what it measured, and fails by one sentence.

ALL_CASES=(archive limits refusals up network roles journey scale crashes restart loss point_in_time)
LONG_RUNNING=(postgres redis rabbitmq auth catalog booking payment sandbox worker frontend)
NOTE=

run_case() {
    step "$1" "…"
    NOTE=
    "case_$1"
    step_ok "$NOTE"
}

# quietly COMMAND…: its output in a file that a failure can be told from.
quietly() { "$@" >"$RESULTS/last.log" 2>&1; }
last_line() { grep . "$RESULTS/last.log" | tail -n 1; }

# await SECONDS WHAT COMMAND…
await() {
    local until=$((SECONDS + $1)) limit=$1 what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$until" ] || fail "waited $limit s in vain until $what"
        sleep 0.2
    done
}

people() { inside node "$SCRIPTS/compose-test/journey.mjs" "$ENTRANCE" "$JOURNAL" "$@"; }

# act COMMAND…: what people do must succeed.
act() { quietly people "$@" || fail "$1: $(grep -m1 'Error: ' "$RESULTS/last.log" | cut -c1-300 || last_line)"; }

# What a buyer needs is ready behind the entrance.
is_ready() {
    local port
    for port in "$AUTH_PORT" "$CATALOG_PORT" "$BOOKING_PORT" "$PAYMENT_PORT"; do
        inside curl -fsS -o /dev/null --max-time 3 "http://127.0.0.1:$port/ready" || return
    done
    inside curl -fsS -o /dev/null --max-time 3 "$ENTRANCE/ready"
}

start_all() { quietly compose up --detach --wait --wait-timeout 180 "$@" || fail "the platform did not start: $(last_line)"; }

config_says() { compose --profile '*' config --format json | node -e "
    let text = '';
    process.stdin.on('data', (part) => (text += part)).on('end', () => {
        const services = Object.entries(JSON.parse(text).services);
        const faults = [];
        $1
        if (faults.length) { console.error(faults.join('; ')); process.exit(1); }
    });"; }

# ---- without a platform ------------------------------------------------------------------------------------------------

# What archives WAL, by itself: whole files, never another content under a name, and a bound; what of it is needed, and what is missing.
case_archive() {
    # shellcheck disable=SC2016 # for the shell in the container
    quietly compose run --rm --no-deps -T --entrypoint bash -e ARCHIVE=/tmp/archive -e ARCHIVE_LIMIT_MB=3 -e ARCHIVE_SPARE_MB=1 backup -euo pipefail -c '
        archive() { bash /operator/archive/archive-wal.sh "$@"; }
        refuse() { echo "$*"; exit 1; }
        mkdir -p /tmp/archive && cd /tmp
        head -c 1000000 /dev/urandom >one && head -c 1000000 /dev/urandom >two
        archive one 1 && [ ! -e archive/wal ] || refuse "WAL was kept without a base backup"
        touch archive/wanted
        same() { [ "$(gzip -dc "$2" | sha256sum)" = "$(sha256sum <"$1")" ]; }
        archive one 1 && same one archive/wal/1.gz || refuse "what is in the archive differs"
        archive one 1 || refuse "the same segment handed over again was refused"
        ! archive two 1 2>/dev/null || refuse "a segment was replaced by another content"
        same one archive/wal/1.gz || refuse "a refused segment changed the archive"
        archive two 2; archive two 3
        archive one 4 2>says && [ ! -e archive/wal/4.gz ] && grep -q SUSPENDED says || refuse "beyond its limit the archive grew, or said nothing"
        [ "$(cat archive/gap)" = 4 ] || refuse "where WAL is missing is not known"
        [ -z "$(find archive -name "*.part")" ] || refuse "half a file is left"
        rm -rf archive && ARCHIVE_SPARE_MB=1000000 && export ARCHIVE_SPARE_MB && mkdir -p archive && touch archive/wanted
        archive one 1 2>/dev/null && [ -e archive/suspended ] || refuse "a disk that is full does not suspend it"' \
        || fail "archive-wal.sh: $(last_line)"
    # The second base backup is of a history that was left at segment 2: the newest goes on in another from there.
    # shellcheck disable=SC2016
    quietly compose run --rm --no-deps -T --entrypoint bash -e ARCHIVE=/tmp/archive backup -euo pipefail -c '
        . /operator/archive/lib.sh
        refuse() { echo "$*"; exit 1; }
        base() { mkdir -p "$ARCHIVE/base/$1"; echo "START WAL LOCATION: 0/0 (file $2)" >"$ARCHIVE/base/$1/backup_label"; }
        segments() { for n in "${@:2}"; do touch "$ARCHIVE/wal/$1000000000000000$n.gz"; done; }
        mkdir -p "$ARCHIVE/wal"
        base 20260101T000000Z 000000010000000000000005
        base 20260102T000000Z 000000020000000000000003
        segments 00000001 1 2 3 4 5 6; segments 00000002 3 4 5 7
        [ "$(missing_segment)" = 000000020000000000000006 ] || refuse "missing is said to be: $(missing_segment)"
        drop_wal
        [ -e "$ARCHIVE/wal/000000020000000000000003.gz" ] && [ ! -e "$ARCHIVE/wal/000000010000000000000002.gz" ] || refuse "the wrong WAL was removed"
        touch "$ARCHIVE/wal/000000020000000000000006.gz"
        [ -z "$(missing_segment)" ] || refuse "nothing is missing, but it says $(missing_segment)"' \
        || fail "the archive: $(last_line)"
    NOTE="atomic, never replaces, bounded; keeps what is needed, knows what is missing"
}

case_limits() {
    quietly config_says "
        let memory = 0;
        for (const [name, one] of services) {
            const limits = one.deploy?.resources?.limits ?? {};
            if (!limits.memory || !limits.cpus) faults.push(name + ' has no limit');
            memory += Number(limits.memory ?? 0);
            if (!one.read_only || !one.cap_drop?.includes('ALL') || !one.security_opt?.includes('no-new-privileges:true')) faults.push(name + ' may do more than it must');
            if (!one.user || /^(0|root)\b/.test(one.user)) faults.push(name + ' runs as root');
            if (!one.logging?.options?.['max-size']) faults.push(name + ' logs without a bound');
            if (one.restart === 'always' && !one.healthcheck) faults.push(name + ' has no health check');
        }
        console.log((memory / 1e6).toFixed(0) + ' MB');
        if (memory >= 6e9) faults.push('limits add up to ' + memory + ' bytes');" \
        || fail "compose.yaml: $(last_line)"
    NOTE="memory limits of all profiles: $(last_line)"
}

case_refusals() {
    local name
    for name in POSTGRES_PASSWORD AUTH_DATABASE_PASSWORD KEY_ENCRYPTION_KEY ADMIN_PASSWORD; do
        ! quietly env "$name=" docker compose --project-directory "$ROOT" config --quiet || fail "compose.yaml takes an empty $name"
        grep -q 'run make compose-env' "$RESULTS/last.log" || fail "an empty $name is refused without a way out: $(last_line)"
    done
    ! quietly env POSTGRES_PASSWORD=postgres REDIS_PASSWORD=change-me-please-change-me RABBITMQ_PASSWORD='with/a/slash/in/it' \
        KEY_ENCRYPTION_KEY="$(head -c 32 /dev/zero | base64)" TICKET_SIGNING_KEY=short ADMIN_PASSWORD=admin \
        docker compose --project-directory "$ROOT" up --detach || fail "placeholders were taken for secrets"
    docker compose --project-directory "$ROOT" logs --no-log-prefix check >"$RESULTS/last.log" 2>&1
    for name in POSTGRES_PASSWORD REDIS_PASSWORD RABBITMQ_PASSWORD KEY_ENCRYPTION_KEY TICKET_SIGNING_KEY ADMIN_PASSWORD; do
        grep -q "^$name " "$RESULTS/last.log" || fail "the placeholder in $name was not told"
    done
    [ "$(compose ps --quiet --status running | wc -l)" = 0 ] || fail "something was started with placeholders for secrets"
    remove_project >/dev/null 2>&1
    NOTE="empty ones and placeholders, each named"
}

# ---- the platform ------------------------------------------------------------------------------------------------------

case_up() {
    local began=$SECONDS
    start_all
    NOTE="healthy after $((SECONDS - began)) s"
    await 30 "everything is ready" is_ready
    await 60 "there is a base backup" compose exec -T backup bash /operator/archive/healthy.sh
}

can_reach() { compose exec -T "$1" timeout 2 bash -c "exec 3<>/dev/tcp/$2/$3"; }

# Another machine, as far as Docker's network can tell: a network namespace behind a cable, that listens on port 9000.
somebody_outside() {
    beside unshare --net node -e 'require("node:net").createServer((one) => one.end()).listen(9000)'
    await 10 "somebody outside is there" grep -q :2328 "/proc/$BESIDE/net/tcp6"
    inside ip link add outside type veth peer name eth0 netns "$BESIDE"
    inside ip address add 198.18.0.1/30 dev outside
    inside ip link set outside up
    nsenter --target "$BESIDE" --net ip address add 198.18.0.2/30 dev eth0
    nsenter --target "$BESIDE" --net ip link set eth0 up
    nsenter --target "$BESIDE" --net ip route add default via 198.18.0.1
    await 10 "somebody outside answers" inside bash -c 'exec 3<>/dev/tcp/198.18.0.2/9000'
}

case_network() {
    local listening expected name outside=198.18.0.2
    # What listens, as a stranger would find it.
    if [ -n "$DOCKER_INIT" ]; then
        listening=$(inside ss -Hltn | awk '{ print $4 }' | sort | tr '\n' ' ')
        expected=$(printf '%s\n' "0.0.0.0:$PORT" "[::]:$PORT" 127.0.0.1:{"$AUTH_PORT","$CATALOG_PORT","$BOOKING_PORT","$PAYMENT_PORT"} | sort | tr '\n' ' ')
        [ "$listening" = "$expected" ] || fail "listening: $listening; it should be: $expected"
        # Somebody outside whom only those with a way out can reach.
        somebody_outside
        docker run --rm --network "${COMPOSE_PROJECT_NAME}_outside" --entrypoint bash docker.io/library/postgres:15.14 \
            -c "exec 3<>/dev/tcp/$outside/9000" || fail "the worker's network has no way out"
        for name in postgres redis rabbitmq; do
            ! can_reach "$name" "$outside" 9000 2>/dev/null || fail "$name has a way out"
        done
        docker run --rm --network "${COMPOSE_PROJECT_NAME}_services" --entrypoint bash docker.io/library/postgres:15.14 \
            -c "timeout 2 bash -c 'exec 3<>/dev/tcp/$outside/9000'" 2>/dev/null && fail "the services' network has a way out"
        end_beside
    fi
    can_reach frontend booking 8003 || fail "the entrance does not reach booking"
    for name in postgres:5432 redis:6379 rabbitmq:5672; do
        ! can_reach frontend "${name%:*}" "${name#*:}" 2>/dev/null || fail "the entrance reaches ${name%:*}"
    done
    [ "$(inside curl -s -o /dev/null -w '%{http_code}' "$ENTRANCE/api/booking/metrics")" = 404 ] || fail "the entrance shows metrics"
    NOTE="only the entrance is open; the data have no way out"
}

# sql_as ROLE DATABASE STATEMENT: with the role's own password, over the network.
sql_as() {
    local password
    password=$(sed -n "s/^${1^^}_DATABASE_PASSWORD=//p" "$COMPOSE_ENV_FILES")
    compose exec -T -e PGPASSWORD="$password" postgres psql -XAtq -h 127.0.0.1 -U "$1" -d "$2" -c "$3"
}

told_of_archive() { [ "$(sql_as watcher postgres "SELECT (healthy AND newest IS NOT NULL)::text FROM archive_state")" = "$1" ]; }

case_roles() {
    local role other
    quietly compose run --rm -T watcher || fail "the role that watches could not be made: $(last_line)"
    quietly compose run --rm -T watcher || fail "it could not be made again: $(last_line)"
    for role in auth catalog booking payment worker sandbox; do
        quietly sql_as "$role" "$role" 'CREATE TABLE test_of_roles (); DROP TABLE test_of_roles' || fail "$role can't change its own database: $(last_line)"
        for other in auth booking postgres; do
            [ "$role" != "$other" ] || continue
            ! quietly sql_as "$role" "$other" 'SELECT 1' || fail "$role enters the database $other"
        done
    done
    await 30 "the archive is told to be healthy" told_of_archive true
    [ "$(sql_as watcher postgres "SELECT count(*) > 0 FROM pg_stat_activity WHERE query <> '<insufficient privilege>' AND usename <> 'watcher'")" = t ] \
        || fail "the role that watches does not see what others do"
    ! quietly sql_as watcher booking 'SELECT 1' || fail "the role that watches enters the database booking"
    ! quietly sql_as watcher postgres 'CREATE TABLE public.test_of_roles ()' || fail "the role that watches makes tables"
    NOTE="each has its own database; who watches has none"
}

case_journey() {
    act open
    act buy 3x
    NOTE="registered, held, paid, confirmed, tickets: $(last_line)"
}

# answered SERVICE: how many bookings each replica was asked for, a line each.
answered() {
    local id
    for id in $(compose ps --quiet --status running "$1"); do
        inside curl -fsS --max-time 3 "http://$(docker inspect --format "{{(index .NetworkSettings.Networks \"${COMPOSE_PROJECT_NAME}_services\").IPAddress}}" "$id"):8003/metrics" \
            | awk '/^http_server_request_duration_seconds_count.*bookings/ { sum += $NF } END { print sum + 0 }'
    done
}
all_answer() { [ "$(answered booking | awk '$1 > 20' | wc -l)" = "$1" ]; }

case_scale() {
    local counts log=$RESULTS/load.log
    beside node "$SCRIPTS/compose-test/journey.mjs" "$ENTRANCE" "$JOURNAL" load 120 >"$log" 2>&1
    await 20 "booking is asked" all_answer 1
    start_all --no-recreate --scale booking=3
    await 30 "all three replicas answer" all_answer 3
    counts=$(answered booking | tr '\n' ' ')
    start_all --no-recreate --scale booking=1
    await 20 "one replica answers" all_answer 1
    kill "$BESIDE"
    wait "$BESIDE" || fail "requests failed while replicas came and went: $(tail -n 1 "$log" | cut -c1-300)"
    BESIDE=
    NOTE="three answered (${counts% }); $(sed -n 's/.*"requests":\([0-9]*\),"failed":\([0-9]*\),"slowest_ms":\([0-9]*\),"shed":\([0-9]*\).*/\2 of \1 requests failed, \4 were asked again for load, the slowest took \3 ms/p' "$log")"
}

runs_again() { [ "$(docker inspect --format '{{.State.Running}} {{.RestartCount}}' "$1")" = "true $(($2 + 1))" ]; }
is_healthy() { [ "$(docker inspect --format '{{.State.Health.Status}}' "$1")" = healthy ]; }

case_crashes() {
    local name id restarts began slowest=0 took
    for name in "${LONG_RUNNING[@]}"; do
        id=$(compose ps --quiet "$name")
        restarts=$(docker inspect --format '{{.RestartCount}}' "$id")
        began=$SECONDS
        kill_container "$id"
        await 60 "$name is started again" runs_again "$id" "$restarts"
        await 60 "the platform is ready after $name was killed" is_ready
        act buy 1x
        took=$((SECONDS - began))
        [ "$took" -le "$slowest" ] || slowest=$took
    done
    for name in "${LONG_RUNNING[@]}"; do await 60 "$name is healthy" is_healthy "$(compose ps --quiet "$name")"; done
    act check
    NOTE="${#LONG_RUNNING[@]} kinds killed, a ticket bought within $slowest s each time; $(last_line)"
}

case_restart() {
    quietly compose down || fail "the platform did not stop: $(last_line)"
    # A restore that is cut off with its database recovered, and then another in the middle of the swap.
    # shellcheck disable=SC2016 # the container's own
    quietly compose run --rm --no-deps -T --entrypoint bash restore -euo pipefail -c '
        before=$(ls /archive/wal)
        mv() { kill -KILL "$$"; }
        export -f mv
        ! bash /operator/archive/restore.sh restore -cconfig_file=/compose/postgres/postgresql.conf || exit 1
        [ -e "$PGDATA.new/PG_VERSION" ] && [ ! -e "$PGDATA.new/recovery.signal" ] || { echo "it was not cut off where it should be"; exit 1; }
        [ "$(ls /archive/wal)" = "$before" ] || { echo "it left something in the archive"; exit 1; }
        unset -f mv
        mv -T "$PGDATA" "$PGDATA.old"' \
        || fail "a restore that was cut off: $(last_line)"
    start_all
    await 30 "everything is ready" is_ready
    act check
    NOTE="$(last_line)"
}

# ---- backups -----------------------------------------------------------------------------------------------------------

destroy_postgres() {
    compose kill >/dev/null 2>&1
    compose --profile backup rm --force >/dev/null 2>&1
    docker volume rm "${COMPOSE_PROJECT_NAME}_postgres" >/dev/null
}

# The platform is bought from until it is destroyed in the midst of it.
case_loss() {
    local gone seconds told began name other
    # Two people who both want to be sure.
    "$SCRIPTS/backup" >"$RESULTS/backup.log" 2>&1 &
    other=$!
    quietly "$SCRIPTS/backup" || fail "make backup: $(last_line)"
    wait "$other" || fail "make backup beside another: $(tail -n 1 "$RESULTS/backup.log")"
    act buy 12
    BETWEEN=$(date -u '+%Y-%m-%dT%H:%M:%S.%3NZ')
    act buy 12
    destroy_postgres
    ! quietly compose up --detach || fail "an empty platform started beside its own backups"
    quietly compose logs check
    grep -q 'make restore' "$RESULTS/last.log" || fail "that the volume is empty was told without a way out"
    began=$(date +%s)
    "$SCRIPTS/restore" >"$RESULTS/restore.log" 2>&1 || fail "make restore: $(tail -n 1 "$RESULTS/restore.log")"
    await 30 "everything is ready" is_ready
    for name in redis rabbitmq; do
        [ "$(date -d "$(docker volume inspect --format '{{.CreatedAt}}' "${COMPOSE_PROJECT_NAME}_$name")" +%s)" -ge "$began" ] \
            || fail "$name has after the restore what it had before"
    done
    act lost
    read -r gone seconds < <(sed -n 's/.*"gone":\([0-9]*\),"seconds":\([0-9]*\).*/\1 \2/p' "$RESULTS/last.log")
    [ "$seconds" -le 60 ] || fail "bookings of the last $seconds s are lost, more than 60"
    told=$(sed -n 's/^  confirmed bookings: \(.*\)$/\1/p' "$RESULTS/restore.log")
    [ -n "$told" ] || fail "make restore does not say how many bookings are lost"
    act buy 1x
    # The journal speaks of what was before.
    NOTE="$gone bookings of the last $seconds s are gone; it said: $told"
}

case_point_in_time() {
    local told
    [ -n "${BETWEEN:-}" ] || fail "the case point_in_time goes on where loss ended; run both"
    ! quietly env TARGET_TIME='2001-01-01 00:00:00Z' "$SCRIPTS/restore" || fail "a time before all backups was taken"
    grep -q 'nothing was changed: there is no base backup from before' "$RESULTS/last.log" || fail "a time before all backups is refused without a reason: $(last_line)"
    is_ready || fail "a refused restore stopped the platform"
    TARGET_TIME=$BETWEEN "$SCRIPTS/restore" >"$RESULTS/restore-time.log" 2>&1 || fail "make restore to a time: $(tail -n 1 "$RESULTS/restore-time.log")"
    await 30 "everything is ready" is_ready
    act check "$BETWEEN"
    act lost
    grep -q '"gone":0' "$RESULTS/last.log" && fail "what was bought after the target time is there"
    told=$(sed -n 's/^  confirmed bookings: \(.*\)$/\1/p' "$RESULTS/restore-time.log")
    act buy 1x
    NOTE="$told"
}
