# Everything lives in the checkout's .venv. `make demo` and `make test` set up what they need by themselves.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Tests wait about as much as they compute.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(2 * (os.cpu_count() or 1))")

# What was compiled is kept, even where Python is told otherwise: each worker of the tests would compile all of it anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test everywhere check types collected bench chaos soak format clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    paint a first picture offline, then serve the local page"
	@echo "make test    run the tests; the store's, the flow's and the conversations also on PostgreSQL and S3"
	@echo "make everywhere   run all tests on PostgreSQL and S3, the conversations on every platform"
	@echo "make check   format, lint, types, import rules, and whether every test can be collected"
	@echo "make bench   compare with a bare tutorial-style bot"
	@echo "make million find pictures among a million, on both databases (minutes at first, and some gigabytes in build/)"
	@echo "make chaos   kill it at every point and at random, on both databases (half an hour)"
	@echo "make soak    an hour of work on each database: nothing may grow with what was done"
	@echo "make format  put the code into shape"

.venv/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Limner needs Python 3.11 or newer; try: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Setting up .venv (once) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@echo "Setting up what the tests need (once) …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

demo: .venv/.run
	@$(BIN)/limner demo

test: .venv/.dev
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

everywhere: .venv/.dev
	@API_DESCRIPTIONS=/dev/null TESTS_STORE=postgresql $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: .venv/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(MAKE) --no-print-directory -j2 types collected
	@$(BIN)/lint-imports

types: .venv/.dev
	@$(BIN)/mypy

# Beside the types, which keep one processor busy: what is compiled here, the workers of `make test` find compiled.
collected: .venv/.dev
	@said=$$($(BIN)/python -m pytest --collect-only -qq 2>&1) || { echo "$$said"; exit 1; }

bench: .venv/.dev
	@$(BIN)/python -m tests.bench

million: .venv/.dev
	@$(BIN)/python -m tests.bench library

chaos: .venv/.dev
	@$(BIN)/python -m tests.chaos

soak: .venv/.dev
	@$(BIN)/python -m tests.soak

format: .venv/.dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:
	rm -rf .venv
