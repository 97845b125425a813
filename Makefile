# make demo: say what this is, set up .venv, run the baseline scenario, say where the figures are.
# make test: set up .venv, check style and types, run the tests that a person waits for (some minutes).
# make test-all: the same with every test, as CI runs it (some tens of minutes).
# make validate: fit, test and forecast anew, and say what differs from what ships.
# All need git, make, and uv or any Python >= 3.12.

PYTHON := $(shell for name in python3.14 python3.13 python3.12 python3; do \
	if $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; \
	then echo $$name; break; fi; done)
UV := $(shell if uv --version >/dev/null 2>&1; then echo uv; fi)
READY := .venv/.ready

.PHONY: demo test test-all style validate clean

demo:
	@awk '/^# Opt-In/ { on = 1; next } /^## / { exit } on' README.md
	@$(MAKE) --no-print-directory $(READY)
	@echo 'Playing 1,000 negotiations of the baseline: how often is a framework adopted, and with whom?'
	@.venv/bin/optin run baseline.yaml
	@echo 'From now on: source .venv/bin/activate, then optin list, optin --help.'

style: $(READY)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

test: style
	.venv/bin/pytest -n 2 -m "not exhaustive"

test-all: style
	.venv/bin/pytest -n 2

validate: $(READY)
	.venv/bin/optin validate

$(READY): pyproject.toml constraints.txt
	@echo 'Setting up .venv with some hundred packages: a few minutes, once. Meanwhile README.md shows what will come of it.'
ifneq ($(PYTHON),)
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --progress-bar off --disable-pip-version-check -c constraints.txt -e '.[dev]'
else ifneq ($(UV),)
	uv venv --clear --python 3.12 .venv
	uv pip install --python .venv/bin/python -c constraints.txt -e '.[dev]'
else
	@echo 'Opt-In needs uv or Python 3.12 or newer (with its venv module): install one of them and call make again.' >&2
	@exit 2
endif
	@echo 'Compiling the rules: about half a minute, once.'
	@.venv/bin/python -c 'from model import ensemble; ensemble.compile_rules()'
	touch $(READY)

clean:
	rm -rf .venv results .pytest_cache .mypy_cache .ruff_cache
