# Every target does its own set-up: a fresh machine needs Python 3.11 or newer and make.
# ARGS goes to the program of `bench` and `conformance`: make bench ARGS="--scale 10 tpch".

PYTHON ?= $(firstword $(foreach p,python3 python3.11 python3.12 python3.13 python3.14,$(shell \
  $(p) -c 'import sys; sys.version_info >= (3, 11) and print("$(p)")' 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
PIP := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps

.PHONY: help setup demo test lint docs bench conformance lock

help:           ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

setup: $(STAMP) ## a virtual environment in .venv with everything in it

demo: $(STAMP)  ## a PySpark script on 336,776 real flights
	@$(BIN)/glowplug run examples/flights.py

# Both halves at once: neither keeps two processors busy.
test: $(STAMP)  ## all tests
	@$(BIN)/pytest tests/unit tests/parity > $(VENV)/units.log 2>&1 & units=$$!; \
	  $(BIN)/pytest --ignore tests/unit --ignore tests/parity; others=$$?; \
	  wait $$units; units=$$?; cat $(VENV)/units.log; exit $$((units | others))

lint: $(STAMP)  ## style, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@! command -v cargo > /dev/null || { cd native && cargo fmt --check && cargo clippy --quiet -- -D warnings; }

docs: $(STAMP)  ## the tables in docs/ of what is supported, from the code
	@$(BIN)/python docs/generate.py

bench: $(STAMP) ## side by side with DuckDB alone, Sail and Apache Spark (which needs Java 17)
	$(BIN)/python -m bench $(ARGS)

conformance: $(STAMP) ## the suites of Apache Spark's own project, scored
	$(BIN)/python -m tests.conformance $(ARGS)

# No index and no host is named in the lock: a mirror serves as well as the original.
lock: $(STAMP)  ## renews requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.lock

$(STAMP): requirements.lock pyproject.toml $(wildcard native/*.* native/src/*)
	@test -n "$(PYTHON)" || { echo "Glowplug needs Python 3.11 or newer; none was found (set PYTHON)." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) ..."
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-build-isolation --editable .
	@if command -v cargo > /dev/null; then PATH="$(abspath $(BIN)):$$PATH" $(PIP) --no-build-isolation --force-reinstall ./native; \
	  else echo "There is no Rust: JSON is read several times slower, by Arrow."; fi
	@touch $@
