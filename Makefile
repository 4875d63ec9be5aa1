# Every target does its own set-up. Only Python 3.11 or newer, make and pip are needed.
PYTHON ?= python3
BIN = .venv/bin
# The stamps carry a checksum of what was asked for: install again only when that changed.
SUM := $(shell cat requirements.txt | cksum | cut -d ' ' -f 1)
DEVSUM := $(shell cat requirements.txt requirements-dev.txt | cksum | cut -d ' ' -f 1)
RUNTIME = .venv/.runtime-$(SUM)
DEV = .venv/.dev-$(DEVSUM)
# Two processes; one that has nothing left takes over half of what waits for the other.
PYTEST = $(BIN)/python -m pytest -n 2 --dist worksteal
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: setup run test lint bench chaos screenshots

setup: $(RUNTIME)

run: $(RUNTIME)
	@exec $(BIN)/python manage.py up

test: $(DEV)
	@$(PYTEST) --database=postgres; first=$$?; $(PYTEST) --database=sqlite -m "not once" && exit $$first

lint: $(DEV)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/djangofmt --check --quiet templates && $(BIN)/djlint --lint --quiet templates

bench: $(DEV)
	@$(BIN)/python -m tests.bench

chaos: $(DEV)
	@CHAOS=full $(BIN)/python -m pytest --database=postgres -q tests/chaos; first=$$?; CHAOS=full $(BIN)/python -m pytest --database=sqlite -q tests/chaos && exit $$first

screenshots: $(DEV)
	@$(BIN)/python -m tests.screenshots docs/pictures

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tracker needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python has no venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

$(RUNTIME): | $(BIN)/python
	@echo "Installing what Tracker runs on into .venv (once) ..."
	@$(PIP) -r requirements.txt && touch $@

$(DEV): | $(BIN)/python
	@echo "Installing what the tests and checks need into .venv (once) ..."
	@$(PIP) -r requirements-dev.txt && touch $@ $(RUNTIME)
