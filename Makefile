# Two commands: `make up` (from a bare machine to the running product) and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: up test test-browser test-rest lint bench bench-province fresh locks

up: $(VENV)/.ready
	$(BIN)/gridmap up

# two runs side by side, each with a cluster and a browser of its own; one that fails lets the other end
test: $(VENV)/.ready-test lint
	@echo "Two runs side by side; what each says is shown when it ends."
	$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target test-browser test-rest

test-browser: $(VENV)/.ready-test
	$(BIN)/python -m pytest tests/e2e

test-rest: $(VENV)/.ready-test
	$(BIN)/python -m pytest --ignore=tests/e2e

lint: $(VENV)/.ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	deploy/front-end-checks

bench: $(VENV)/.ready-test
	$(BIN)/python -m benchmarks

bench-province: $(VENV)/.ready-test
	$(BIN)/python -m benchmarks --scale province

fresh:
	rm -rf $(VENV) node_modules tools/node_modules artifacts

locks:
	deploy/pin-versions

$(VENV)/.system: deploy/install-system
	deploy/install-system up
	mkdir -p $(VENV) && touch $@

$(VENV)/.system-test: deploy/install-system
	deploy/install-system test
	mkdir -p $(VENV) && touch $@

$(VENV)/.ready: $(VENV)/.system requirements.lock setup.cfg
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.ready-test: $(VENV)/.system-test $(VENV)/.ready requirements-test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-test.lock
	touch $@
