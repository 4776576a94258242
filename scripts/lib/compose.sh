# shellcheck shell=bash
# Docker Compose, for the scripts that work on a platform of it. What docker itself reads from the environment (DOCKER_HOST,
# COMPOSE_PROJECT_NAME, COMPOSE_ENV_FILES, …) counts here, too.

compose() { docker compose --project-directory "$ROOT" "$@"; }

check_compose() {
    have docker || fail "there is no docker; install Docker and its Compose plugin"
    docker compose version >/dev/null 2>&1 || fail "docker has no Compose plugin; install docker-compose-plugin (Compose 2.24 or newer)"
    docker version >/dev/null 2>&1 || fail "Docker does not answer; start it, or run this as somebody who may use it"
    # Its own sentence says which variable is missing.
    compose config --quiet || fail "compose.yaml and .env don't go together, as said above"
}

project_name() { compose config --format json | sed -n 's/^ *"name": "\(.*\)",$/\1/p' | head -n 1; }

# running SERVICE: how many replicas of it run.
running() { compose ps --quiet --status running "$1" 2>/dev/null | wc -l; }
