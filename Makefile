# What people type. Each target is a script in scripts/; what can be set is in .env.example.
.DEFAULT_GOAL := help
.PHONY: help up down status test test-cluster chaos bench ci openapi crds chart monitoring sqlx-prepare fmt

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

chaos: ## buyers while everything is killed (DURATION, SEED, BUYERS): do the books balance
	@scripts/chaos

bench: ## measure it on this machine: one table, each figure beside its limit
	@scripts/bench

ci: ## what CI runs: all checks, then make test and make test-cluster
	@.ci/run

openapi: ## write docs/openapi/*.json and the SPA's client from the services
	@scripts/openapi

crds: ## write the chart's CustomResourceDefinitions from the operator
	@scripts/crds

chart: ## lint the chart and hold what it renders against Kubernetes' schemas
	@scripts/chart

monitoring: ## check alerts, their tests and their runbook, and the dashboards
	@scripts/monitoring

sqlx-prepare: ## write the offline SQL data of the crates
	@scripts/sqlx-prepare

fmt: ## format the Rust code
	@cargo fmt --all
