# make demo    the whole workflow over four invented papers, on this machine's CPU
# make test    all tests, five files of them side by side
# make check   the form, the spelling, the types and the directions of imports
# make audit   known vulnerabilities of the installed packages, and withdrawn releases
# make env     only the environment, .venv, which each of these makes first, once and again when envs/ changes

PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: env demo test check audit

env: .venv/installed

.venv/installed: envs/requirements.txt envs/workflow.txt envs/test.txt
	@test ! -L .venv || { echo ".venv is a symbolic link, and the environment that it leads to would be emptied. Remove the link (rm .venv) and start again."; exit 1; }
	@echo "Making the Python environment in .venv (once; a few minutes) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Designspace needs Python 3.11 or newer; say which with: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv --clear .venv
	@python -m pip install --quiet --disable-pip-version-check $(foreach file,$^,-r $(file))
	@touch $@

demo: env
	@echo "Reading four invented papers with the embedded model on the CPU (about five minutes the first time) ..."
	@snakemake --profile workflow/profiles/default --configfile config/demo.yaml --quiet rules host

test: env
	@echo "Running all tests ..."
	@python -m pytest -ra -n 5 --dist loadfile --no-loadscope-reorder

check: env
	@echo "Checking the form of the code ..."
	@ruff check . && ruff format --check . && snakefmt --check Snakefile workflow
	@oxlint --config scripts/designspace/report/page/.oxlintrc.json scripts/designspace/report/page
	@codespell
	@PYTHONPATH=scripts lint-imports
	@mypy
	@snakemake --lint

audit: env
	@echo "Asking for known vulnerabilities of the installed packages ..."
	@python .ci/audit.py
