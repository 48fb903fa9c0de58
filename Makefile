# Python, make and git are all that is needed; everything else comes from packages.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
export UV_NO_PROGRESS := 1
# Where it is set, every process compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

# Each test is run by exactly one of `make test` and `make test-long`.
LONG := long or emulator or browser
COVERAGE ?=
export COVERAGE_FILE := .build/covered
PYTEST = $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup demo up day test test-long certainty coverage bench check format hooks configure deploy cdk settings zendesk doctor dead-letters bucket-notifications forget docs lock clean

help: ## Show what can be done here
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make .venv and what else is needed, where it is not there (the other targets call it)
	@$(PYTHON) requirements/environment.py

demo: setup ## Deploy to the emulator, play a morning of contacts, check every outcome
	@$(BIN)/python -m local demo

up: setup ## The same, left running, with a page that shows the tickets and an agent's desk
	@$(BIN)/python -m local up

day: setup ## A generated day of a contact centre with faults, and its reconciliation: make day ARGS="--minutes 5"
	@$(BIN)/python -m local day --faults $(ARGS)

test: setup ## Prove what the stack does, in a few minutes on two cores
	@$(PYTEST) -m "not ($(LONG))" --dist worksteal $(if $(COVERAGE),--cov --cov-report= --cov-fail-under=0)

test-long: setup ## The tests that are left: all seeds, long fuzzing, emulator, browser, benchmarks
	@$(PYTEST) -m "$(LONG)" -rs

certainty: setup ## Ten thousand simulations with every fault, on all cores, resumable: make certainty ARGS="--seed 4711"
	@$(BIN)/python -m tests.simulation $(ARGS)

coverage: setup ## What `make test` covered, and its floor: make test coverage COVERAGE=1
	@$(BIN)/coverage report

bench: setup ## All that is budgeted, in a table: a quarter of an hour on a quiet machine
	@$(BIN)/python -m tests.benchmarks.bench

check: setup ## Formatting, lint, strict types, layering
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m mypy

format: setup ## Format the code and fix what lint can fix
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

hooks: setup ## Check formatting, lint and imports before each commit, from now on
	@git config core.hooksPath .githooks
	@echo "hooks: .githooks/pre-commit runs before each commit; off again with: git config --unset core.hooksPath"

configure: setup ## Look at your AWS account, ask, write deployment.toml; deploys nothing
	@$(BIN)/python -m infra.deploy configure

deploy: setup ## Deploy: configures first, shows what will be made, asks: make deploy ARGS="diff", "bootstrap", "destroy"
	@$(BIN)/python -m infra.deploy

cdk: setup ## The CDK's own command, pinned: make cdk ARGS="synth --quiet"
	@$(BIN)/python -m infra.cdk_cli

settings: setup ## The live app settings: make settings ARGS="show", "check FILE", "diff FILE", "apply FILE"
	@$(BIN)/python -m administration settings $(ARGS)

zendesk: setup ## Set up Zendesk: make zendesk ARGS="plan", "apply", "package FILE", "rotate", "remove"
	@$(BIN)/python -m administration zendesk $(ARGS)

doctor: setup ## What is wrong with the living system, and what mends it: make doctor ARGS="--json"
	@$(BIN)/python -m administration doctor $(ARGS)

dead-letters: setup ## What was dead-lettered: make dead-letters ARGS="list", "show ID", "send --all"
	@$(BIN)/python -m administration dead-letters $(ARGS)

bucket-notifications: setup ## Where Amazon Connect's buckets send notifications: make bucket-notifications ARGS="show", "on"
	@$(BIN)/python -m administration bucket-notifications $(ARGS)

forget: setup ## Remove what the stack keeps of a customer: make forget ARGS="101", "+442071838750 ana@example.com"
	@$(BIN)/python -m administration forget $(ARGS)

docs: setup ## Generate pages of docs/ and app_settings.toml from the tables in the code
	@$(BIN)/python -m administration docs

# Hashes, and no addresses of an index; versions stay unless ARGS says otherwise (--upgrade-package NAME, --upgrade).
COMPILE := $(UV) pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
lock: setup ## Compile the locks from pyproject.toml: make lock ARGS="--upgrade-package requests"
	@$(COMPILE) $(ARGS) --universal --python-version 3.11 --group bootstrap -o requirements/bootstrap.txt
	@$(COMPILE) $(ARGS) --universal --python-version 3.11 --group emulator -o requirements/emulator.txt
	@$(COMPILE) $(ARGS) --universal --python-version 3.11 --group checkers -o requirements/checkers.txt
	@$(COMPILE) $(ARGS) --universal --python-version 3.11 pyproject.toml --group development -o requirements/development.txt
	@$(COMPILE) $(ARGS) --python-version 3.14 --python-platform aarch64-manylinux_2_28 pyproject.toml -o layers/dependencies/requirements.txt

clean: ## Remove everything that setup and the other targets made
	@rm -rf $(VENV) .build cdk.out .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
