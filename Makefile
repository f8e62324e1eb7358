# make run: the whole stack with a sample company. make test, make check: what CI runs. make help: the rest.
SHELL := /bin/bash
PYTHON ?= python3
UV ?= uv==0.13.9
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS = never
PYTEST_WORKERS ?= 2

.PHONY: help run test check format bench faults screenshots lock train migrations-test clean words

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: .venv/.runtime ## the whole stack on embedded defaults, with sample mail walked through it
	$(BIN)/helpdesk demo

test: .venv/.dev system-packages ## every test, on real SMTP, Redis, SQLite, PostgreSQL and Chromium
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist worksteal $(ARGS)

check: .venv/.dev ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.dev ## write the format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.dev ## measure, and write the table to bench/RESULTS.md
	$(BIN)/python -m bench $(ARGS)

words: .venv/.dev ## compile the interface catalogues
	$(BIN)/pybabel compile -d templates/i18n

faults: .venv/.dev ## IMAP cuts, bad next servers, loops, storms: a line of JSON each; ARGS="storms --full --write"
	$(BIN)/python -m tests.faults $(ARGS)

screenshots: .venv/.dev ## pictures of the pages into docs/screenshots; ARGS=--all for the others
	$(BIN)/python -m tests.screenshots docs/screenshots $(ARGS)

lock: .venv/.tools ## write both locks anew from pyproject.toml
	$(BIN)/uv pip compile -q --generate-hashes --no-header --no-annotate --python-version 3.11 --upgrade \
	  --group build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --generate-hashes --no-header --no-annotate --python-version 3.11 --upgrade \
	  --group dev pyproject.toml -o requirements-dev.lock

clean: ## remove the environment and what was built
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: system-packages
system-packages:
	@bash tests/system_packages.sh

.venv/.tools:
	$(PYTHON) -m venv .venv
	$(if $(UV),$(BIN)/python -m pip install -q --disable-pip-version-check $(UV))
	@touch $@

# uv installs in seconds; with `make UV=` pip alone installs the same hashed locks.
.venv/.runtime: requirements.lock pyproject.toml | .venv/.tools
	$(call install,requirements.lock)
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml | .venv/.tools
	$(call install,requirements-dev.lock)
	@touch $@ .venv/.runtime

define install
$(if $(UV),$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r $(1),\
  $(BIN)/python -m pip install -q --require-hashes -r $(1))
$(if $(UV),$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .,\
  $(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .)
endef
