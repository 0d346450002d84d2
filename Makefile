# Everything works from a fresh checkout; scripts/setup says nothing and takes no time when all is in place.
# Plain enough for the make 3.81 of macOS.

PYTHON ?= python3
BIN = .venv/bin
export PYTHON

.PHONY: run debug test test-long screens check lock clean venv dev js browser bundle demo

# Own facts (DASHBOARD_FACTS) are never made up; the demo's are, until their first version is in the log.
run: venv bundle $(if $(DASHBOARD_FACTS)$(wildcard data/facts/_delta_log/*.json),,demo)
	$(BIN)/marketing-dashboard serve

# For whoever changes the code: restarts and reloads the page at each change, Dash's dev tools, source maps. This machine only.
debug: venv bundle $(if $(DASHBOARD_FACTS)$(wildcard data/facts/_delta_log/*.json),,demo)
	$(BIN)/marketing-dashboard serve --debug

# One process a core; a file's tests stay together, as they share a server. What takes long has a command of its own.
# Compiled modules are kept whatever the machine says: each server that the tests start would compile them again.
test test-long: export PYTHONDONTWRITEBYTECODE =
test: dev js browser bundle
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not long"

# Those that measure or fill the machine come after the others, and by themselves, whatever came of the others.
test-long: dev js browser bundle
	status=0; $(BIN)/python -m pytest -n auto --dist loadfile -m "long and not alone" || status=1; \
	$(BIN)/python -m pytest -m "long and alone" && exit $$status

# Overlaps and cut words, counted on every page, width, locale, theme and company; some twenty minutes.
screens: dev js browser bundle $(if $(wildcard data/facts/_delta_log/*.json),,demo)
	$(BIN)/python -m bench.screens --write bench/results/screens.json --table docs/screens.md

TSC = $(BIN)/node scripts/js/node_modules/typescript/bin/tsc --project
ESLINT = $(BIN)/node scripts/js/node_modules/eslint/bin/eslint.js --config scripts/js/eslint.config.mjs
check: dev js
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(TSC) assets
	$(TSC) scripts/js
	$(ESLINT) assets bundles scripts/js tests/js

# Keeps the pinned versions that still fit pyproject.toml; UPGRADE=1 takes the newest. No registry address is written.
COMPILE = $(BIN)/uv pip compile --quiet $(if $(UPGRADE),--upgrade) pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'
lock: dev
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv bundles/built bundles/node_modules scripts/js/node_modules build *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache test-results

venv:
	@sh scripts/setup venv requirements.lock

dev:
	@sh scripts/setup venv requirements-dev.lock

# The checks of the browser's code; Node comes with the development dependencies.
js: dev
	@sh scripts/setup js

browser: dev
	@sh scripts/setup browser

# plotly.js with only the traces in use, where there is Node (`make dev` brings one); the whole one is served elsewhere.
bundle:
	@sh scripts/setup bundle

demo: venv
	$(BIN)/python -m datagen
