# Everything that a person types. Only python3 (3.11 or newer, with venv and pip) and make are assumed.
#
# .venv is made once and reused. What is installed in it is recorded in files named after the digest of the lock
# (or of pyproject.toml), so that a changed lock, and nothing else, installs again.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq

digest   = $(shell $(PYTHON) -c "import hashlib; print(hashlib.sha256(open('$(1)', 'rb').read()).hexdigest()[:16])")
RUNTIME := $(VENV)/.runtime-$(call digest,requirements.lock)
DEV     := $(VENV)/.dev-$(call digest,requirements-dev.lock)
PROJECT := $(VENV)/.project-$(call digest,pyproject.toml)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help up test bench lint format documents lock migration

help: ## show these lines
	@$(PYTHON) -c "import re; [print(f'  make {n:<10} {t}') for n, t in re.findall(r'^([a-z]+):.*?## (.*)$$', open('Makefile').read(), re.M)]"

up: $(RUNTIME) $(PROJECT) ## set everything up and start Arena; Ctrl-C stops it
	@exec $(BIN)/python -m arena.main up

test: $(DEV) $(PROJECT) ## the whole gate: format, lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses=logical --maxprocesses=4 --dist=loadfile --no-loadscope-reorder

lint: $(DEV) $(PROJECT) ## the gate without the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV) ## write the code as the gate wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# `make bench` runs all tables, `make bench attacks comparison` those two.
TABLES := $(patsubst tests/benchmarks/bench_%.py,%,$(wildcard tests/benchmarks/bench_*.py))
CHOSEN := $(filter $(TABLES),$(MAKECMDGOALS))
.PHONY: $(TABLES)
$(TABLES):
	@:

bench: $(DEV) $(PROJECT) ## print the tables of speed and size; name some to print those alone: make bench attacks
	$(BIN)/pytest -q -s $(patsubst %,tests/benchmarks/bench_%.py,$(or $(CHOSEN),$(TABLES)))

documents: $(DEV) $(PROJECT) ## write the tables of README.md and arena/REFERENCE.md from the code
	LC_ALL=C.UTF-8 $(BIN)/python -m tests.support.documents

lock: ## resolve requirements*.lock again (needs uv)
	uv pip compile pyproject.toml --extra server --extra worker --group build --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --extra server --extra worker --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate -q -c requirements.lock -o requirements-dev.lock

migration: $(DEV) $(PROJECT) ## draft the next migration from the tables: make migration name="what changes"
	$(BIN)/python -c "from arena.store.migrating import draft; draft('$(name)')"

$(BIN)/python:
	@$(PYTHON) -c "import sys; sys.exit(f'Arena needs Python 3.11 or newer; $(PYTHON) is {sys.version.split()[0]}. Try: make PYTHON=/path/to/python3.11 …' if sys.version_info < (3, 11) else 0)"
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv --clear $(VENV)

# The locks are whole, so nothing is resolved again: for a dependency's extra pip would look in releases newer than the lock.
$(RUNTIME): | $(BIN)/python
	@echo "Installing what requirements.lock names …"
	@$(PIP) install --no-deps --require-hashes -r requirements.lock
	@rm -f $(VENV)/.runtime-* && touch $@

$(DEV): | $(BIN)/python
	@echo "Installing what requirements-dev.lock names …"
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@rm -f $(VENV)/.dev-* $(VENV)/.runtime-* && touch $@ $(RUNTIME)

# After the lock, since hatchling comes from it: nothing is fetched to build the project itself.
$(PROJECT): | $(RUNTIME)
	@$(PIP) install --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/.project-* && touch $@
