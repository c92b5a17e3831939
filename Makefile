# `make` alone lists the commands. Each sets up what it needs.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
NLU := RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3 bot/nlu/.venv/bin/python
RASA := $(NLU) -m bot.nlu

BANKING77 ?= var/banking77

.PHONY: help setup run test check audit storm bench eval bench-nlu texts migration format clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:[^#]*## /\t/' | expand -t 10

setup: ## install both environments (the others do it by themselves)
	@tools/environments.sh

run: setup ## the whole product on demo data, at http://localhost:8000
	@$(BIN)/limpede up --demo

test: setup ## every test: unit, integration, conversations, journeys, browser
	@tools/test.sh

check: setup ## lint, types, architecture, migrations, training data, texts, links
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.check_migrations
	$(BIN)/python -m tools.check_texts
	$(BIN)/python -m tools.check_links
	$(RASA) data validate --domain domain.yml --data data --config config.yml

audit: setup ## known vulnerabilities of what we depend on (asks a database on the network)
	@$(BIN)/python -m tools.audit

storm: setup ## a thousand messages while everything is killed in turn: make storm SEED=7
	@SEED=$(SEED) $(BIN)/python -m tests.faults

bench: setup ## measure speed and memory on this machine, as a table
	@$(BIN)/python -m bench

eval: setup ## how well messages are understood: make eval, or make eval FILE=messages.jsonl
	@$(NLU) -m tools.understanding $(FILE)

bench-nlu: setup ## BANKING77 through the intent model, from the folder BANKING77=var/banking77
	@$(NLU) -m tools.understanding --banking77 $(BANKING77)

texts: setup ## all that the assistant says, as one page
	@$(BIN)/python -m tools.texts

migration: setup ## write the next migration from the models: make migration MESSAGE="..."
	@$(BIN)/python -m tools.make_migration "$(MESSAGE)"

format: setup ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## forget models, caches and the demo database
	rm -rf var models .rasa .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
