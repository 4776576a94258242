# What people type. Each target is a script in scripts/; what can be set is in .env.example.
.DEFAULT_GOAL := help
.PHONY: help up down status test test-cluster compose-env backup restore test-compose chaos bench ci openapi crds chart tiltfile monitoring sqlx-prepare fmt

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 24

up: ## run the whole platform on this machine, installing what is missing
	@scripts/up

down: ## stop it; the data stays
	@scripts/down

status: ## what runs and how much memory it takes
	@scripts/status

test: ## every test, on an instance of its own
	@scripts/test

test-cluster: ## the operator on a real Kubernetes on this machine (root), or on KUBECONFIG's
	@scripts/test-cluster

compose-env: ## write .env with random secrets for docker compose up; what is there stays
	@scripts/compose-env

backup: ## of Docker Compose's platform: a base backup now
	@scripts/backup

restore: ## bring Docker Compose's platform back from its backups (TARGET_TIME: to that moment)
	@scripts/restore

test-compose: ## the platform of compose.yaml on a Docker of its own (root)
	@scripts/test-compose

chaos: ## buyers while everything is killed (DURATION, SEED, BUYERS): do the books balance
	@scripts/chaos

bench: ## measure it on this machine: one table, each figure beside its limit
	@scripts/bench

ci: ## what CI runs: all checks, then make test, test-cluster, test-compose
	@.ci/run

openapi: ## write docs/openapi/*.json and the SPA's client from the services
	@scripts/openapi

crds: ## write the chart's CustomResourceDefinitions from the operator
	@scripts/crds

chart: ## lint the chart and hold what it renders against Kubernetes' schemas
	@scripts/chart

tiltfile: ## check the Tiltfile without Tilt and without a cluster
	@scripts/tiltfile

monitoring: ## check alerts, their tests and their runbook, and the dashboards
	@scripts/monitoring

sqlx-prepare: ## write the offline SQL data of the crates
	@scripts/sqlx-prepare

fmt: ## format the Rust code
	@cargo fmt --all
