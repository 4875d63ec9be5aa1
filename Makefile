# Every target does its own set-up. Only Python 3.11 or newer, make and pip are needed.
PYTHON ?= python3
BIN = .venv/bin
# Every file that is installed has its hash in the lock. For a machine whose files it does not know:
# make run LOCKED=no
LOCKED ?= yes
ifeq ($(LOCKED),yes)
ASKED = requirements.lock
DEVASKED = requirements-dev.lock
HASHED = --require-hashes --only-binary :all:
else
ASKED = requirements.txt
DEVASKED = requirements-dev.txt
endif
# The stamps carry a checksum of what was asked for: install again only when that changed.
SUM := $(shell cat requirements.txt $(ASKED) | cksum | cut -d ' ' -f 1)
DEVSUM := $(shell cat requirements.txt requirements-dev.txt $(DEVASKED) | cksum | cut -d ' ' -f 1)
RUNTIME = .venv/.runtime-$(SUM)
DEV = .venv/.dev-$(DEVSUM)
# Two processes; one that has nothing left takes over half of what waits for the other.
PYTEST = $(BIN)/python -m pytest -n 2 --dist worksteal
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

# Hashes of every file of each release, so that the lock serves any system and Python it has wheels for.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --only-binary :all: --generate-hashes --custom-compile-command "make lock"

.PHONY: setup run test lint lock bench chaos screenshots

setup: $(RUNTIME)

run: $(RUNTIME)
	@exec $(BIN)/python manage.py up

test: $(DEV)
	@$(PYTEST) --database=postgres; first=$$?; $(PYTEST) --database=sqlite -m "not once" && exit $$first

lint: $(DEV)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/djangofmt --check --quiet templates && $(BIN)/djlint --lint --quiet templates && $(BIN)/python -m tests.audit

lock: $(BIN)/uv
	@$(COMPILE) requirements.txt -o requirements.lock
	@$(COMPILE) requirements-dev.txt -c requirements.lock -o requirements-dev.lock

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
	@$(PIP) $(HASHED) -r $(ASKED) && touch $@

$(DEV): | $(BIN)/python
	@echo "Installing what the tests and checks need into .venv (once) ..."
	@$(PIP) $(HASHED) -r $(DEVASKED) && touch $@ $(RUNTIME)

# Not through the lock: it may be what is out of date.
$(BIN)/uv: | $(BIN)/python
	@$(PIP) $$(grep '^uv==' requirements-dev.txt)
