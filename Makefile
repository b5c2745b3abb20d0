# Qipan: every command of the project. `make help` prints this list from the ## comments.

PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
UV := $(BIN)/uv
# Whole files go to one of two processes (tests/conftest.py): a file's server, browser and county are made once.
PYTEST := $(PYTHON) -m pytest --numprocesses 2 --dist loadgroup
MANIFEST := src/qipan/static/dist/.vite/manifest.json
CATALOGUES := $(shell find src/qipan/locale -name '*.po' 2>/dev/null)
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' 2>/dev/null)
NODE := $(PYTHON) tools/npm.py
# The package itself comes without its dependencies and is built by the build tools in the environment: the lock brought both.
INSTALL_SELF := $(UV) pip install --quiet --python $(PYTHON) --no-deps --no-build-isolation -e .
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
# A fuller environment serves the leaner purpose: `make run` after `make test` takes nothing away.
FOR_RUN = $(if $(wildcard $(VENV)/.ok),$(VENV)/.ok,$(VENV)/.run.ok)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-sqlite test-postgres check fix bench prove lock messages assets wheel clean browser

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---- environments ---------------------------------------------------------------------------------------------

$(UV): | requirements/uv.txt
	@$(PY) tools/bootstrap.py $(VENV)

$(VENV)/.run.ok: requirements/run.txt pyproject.toml | $(UV)
	@if [ ! -f $(VENV)/.ok ]; then $(UV) pip sync --quiet --python $(PYTHON) --require-hashes requirements/run.txt && $(INSTALL_SELF); fi
	@touch $@

$(VENV)/.ok: requirements/dev.txt pyproject.toml | $(UV)
	@$(UV) pip sync --quiet --python $(PYTHON) --require-hashes requirements/dev.txt
	@$(INSTALL_SELF)
	@touch $@

# ---- pages and translations -----------------------------------------------------------------------------------

web/node_modules/.ok: web/package-lock.json | $(UV)
	@if $(NODE) --needs-wheel; then $(UV) pip install --quiet --python $(PYTHON) --require-hashes -r requirements/node.txt; fi
	@$(NODE) ci --silent --no-audit --no-fund
	@touch $@

$(MANIFEST): web/node_modules/.ok $(WEB_SOURCES)
	@$(NODE) run --silent build
	@touch $@

$(VENV)/.mo.ok: $(FOR_RUN) $(CATALOGUES)
	@if [ -n "$(CATALOGUES)" ]; then $(PYTHON) tools/messages.py --compile; fi
	@touch $@

assets: $(MANIFEST) ## build the pages' scripts and styles from web/

messages: $(VENV)/.ok ## bring the translation catalogues up to date with the sources
	@$(PYTHON) tools/messages.py

# ---- the two commands -----------------------------------------------------------------------------------------

run: $(FOR_RUN) $(VENV)/.mo.ok assets ## serve on http://127.0.0.1:8000, with the example campaign in an empty database
	@$(BIN)/qipan run $(ARGS)

test: check ## everything: check, the database tests on PostgreSQL, then all tests on SQLite and in the browser
	@$(MAKE) --no-print-directory test-postgres
	@$(MAKE) --no-print-directory test-sqlite

test-sqlite: $(VENV)/.ok $(VENV)/.mo.ok assets browser ## all tests on SQLite, the browser's among them
	@$(PYTEST) $(ARGS)

test-postgres: $(VENV)/.ok $(VENV)/.mo.ok ## the database tests again, on PostgreSQL (DATABASE_URL, else a server made for the run)
	@$(PYTEST) -p tests.postgres $(ARGS)

browser: | $(UV)
	@if [ -z "$$QIPAN_CHROMIUM" ] && [ ! -x /usr/bin/chromium-headless-shell ]; then $(PY) tools/debian.py chromium-headless-shell fonts-noto-cjk || test -x /usr/bin/chromium; fi

# The checks have a data directory of their own, so that nobody's campaign is touched (so have the tests: tests/settings.py).
check: export QIPAN_DATA := $(CURDIR)/$(VENV)/data

# ---- checks ---------------------------------------------------------------------------------------------------

check: $(VENV)/.ok $(VENV)/.mo.ok assets ## lint, format, types, floors, relations, templates, translations, migrations, locks, map
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo --cache-dir $(VENV)/.import_linter > $(VENV)/.imports || { cat $(VENV)/.imports; exit 1; }
	@$(PYTHON) tools/relations.py
	@$(PYTHON) tools/templates.py
	@$(PYTHON) tools/messages.py --check
	@$(PYTHON) tools/migrations.py
	@$(PYTHON) tools/locks.py
	@$(PYTHON) tools/journey_map.py
	@$(NODE) run --silent --if-present check

fix: $(VENV)/.ok ## repair what ruff can repair, and format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

bench: $(VENV)/.ok ## measure against the bars, after a calibration, and write bench/results.json; fails where a bar is missed
	@$(PYTHON) -m bench $(ARGS)

prove: $(VENV)/.ok $(VENV)/.mo.ok ## what takes longer than a test run; writes what was found to docs/proofs/
	@$(PYTHON) tools/record.py $(ARGS)

# ---- keeping house --------------------------------------------------------------------------------------------

lock: | $(UV) ## work the locks out anew (ARGS=--upgrade takes newer versions)
	@$(COMPILE) pyproject.toml requirements/build.in --extra parquet -o requirements/run.txt $(ARGS)
	@$(COMPILE) pyproject.toml requirements/build.in --extra dev -o requirements/dev.txt $(ARGS)
	@for name in build node uv; do $(COMPILE) requirements/$$name.in -o requirements/$$name.txt $(ARGS) || exit 1; done

wheel: $(VENV)/.ok assets ## a wheel with the built pages inside, in dist/
	@$(UV) build --quiet --python $(PYTHON) --build-constraint requirements/build.txt --out-dir dist && ls dist

clean: ## remove what the commands above have made, but no data
	rm -rf $(VENV) build dist web/node_modules src/qipan/static/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find src tests tools -name __pycache__ -prune -exec rm -rf {} + ; find src -name '*.mo' -delete
