# What people type. Each target is a script in scripts/; what can be set is in .env.example.
.DEFAULT_GOAL := help
.PHONY: help up down status test ci openapi sqlx-prepare fmt

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

ci: ## what CI runs: all checks, then make test
	@.ci/run

openapi: ## write docs/openapi/*.json and the SPA's client from the services
	@scripts/openapi

sqlx-prepare: ## write the offline SQL data of the crates
	@scripts/sqlx-prepare

fmt: ## format the Rust code
	@cargo fmt --all
