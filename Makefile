# Every command of the project. `make` alone lists them. CI runs exactly these.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
PORT ?= 8000
# Without byte code every start costs seconds; some environments switch it off.
unexport PYTHONDONTWRITEBYTECODE
unexport SAMHANDLA_VAR SAMHANDLA_SECRET DATABASE_URL
export UV_PROJECT_ENVIRONMENT := $(VENV)

.PHONY: help demo test check audit fix journeys bench docs wheel messages

help: ## list the commands
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Samhandla behöver Python 3.11 eller nyare (make PYTHON=python3.12 …)." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python saknar venv. Installera paketet python3-venv och försök igen." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) && $(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(VENV)/.runtime: $(VENV)/.uv pyproject.toml uv.lock
	@$(BIN)/uv sync --quiet --frozen --no-dev --group build --inexact
	@touch $@

$(VENV)/.dev: $(VENV)/.uv pyproject.toml uv.lock
	@$(BIN)/uv sync --quiet --frozen --inexact
	@touch $@ $(VENV)/.runtime

demo: $(VENV)/.runtime ## install everything and serve an invented municipality
	@$(BIN)/python -m samhandla.project.assets
	@exec $(BIN)/samhandla demo --port $(PORT)

test: $(VENV)/.dev ## install everything and run the fast tests
	@$(BIN)/python -m samhandla.project.assets --tests
	@$(BIN)/pytest -n auto --maxprocesses 4 --dist loadgroup

check: $(VENV)/.dev ## format, lint, types, imports, migrations, translations, sizes, terms
	@$(BIN)/python -m samhandla.project.assets
	@$(BIN)/python -m samhandla.project.checks

audit: $(VENV)/.dev ## known faults in the dependencies; needs a network, and says when there is none
	@$(BIN)/python -m samhandla.project.dependencies

fix: $(VENV)/.dev ## mend what can be mended automatically
	@$(BIN)/ruff format && $(BIN)/ruff check --fix

messages: $(VENV)/.dev ## bring the translation files up to date with the texts
	@$(BIN)/python -m samhandla.project.translations update

journeys: $(VENV)/.dev ## journeys in a real browser, with an accessibility check on each page
	@$(BIN)/python -m samhandla.project.assets --tests
	@command -v chromium >/dev/null || { echo "Installera Debians paket chromium och försök igen." >&2; exit 1; }
	@$(BIN)/pytest -m journey tests/journeys

bench: $(VENV)/.dev ## measure beside the peers, write build/bench.json
	@$(BIN)/python -m bench

docs: $(VENV)/.dev ## pictures and generated pages of the documentation
	@$(BIN)/python -m samhandla.project.documentation

wheel: $(VENV)/.dev ## build the package with stylesheets and translations in it
	@$(BIN)/uv build --wheel
