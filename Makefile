# Two commands do everything: `make demo` (set up, then the main job) and `make test`.
# They need python3 (>= 3.11, with venv) and make, nothing else.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format docs bench clean

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: $(READY) ## make the environment .venv

$(READY): pyproject.toml
	@echo "== setting up $(VENV) (a few minutes the first time, nothing afterwards)"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --editable '.[all]' --group dev
	@touch $@

demo: $(READY) ## study -> design -> survey -> 600 simulated citizens on the real server -> model -> report
	@$(BIN)/ccegov demo

test: $(READY) ## all checks and all tests
	@echo "== format, lint, types, layers"
	@$(MAKE) --no-print-directory check
	@echo "== tests"
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "thorough or not thorough"

check: $(READY) ## format, lint, types and layers
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache > .lint-imports.log || (cat .lint-imports.log; exit 1)
	@rm -f .lint-imports.log

format: $(READY) ## put all files in the house format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

docs: $(READY) ## build the documentation into site/
	@$(BIN)/python -m pip install --quiet --group docs
	@$(BIN)/mkdocs build --strict --quiet && echo "open site/index.html"

bench: $(READY) ## our times and designs next to other packages, in environments of their own
	@$(BIN)/python benchmarks/compare.py
	@$(BIN)/python benchmarks/compare_design.py
	@$(BIN)/python benchmarks/welfare.py
	@$(BIN)/python benchmarks/redesign.py
	@$(BIN)/python benchmarks/report.py
	@$(BIN)/python benchmarks/survey_load.py

clean: ## remove what was made
	rm -rf $(VENV) .venv-peers* build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
