# make demo    the whole workflow over four invented papers, on this machine's CPU; with MODEL=Qwen/Qwen3-0.6B or the
#              folder of a model that model is asked all questions, with DEVICE=cuda besides on the GPU
# make example the results of docs/example/, with a model that docs/example/README.md says how to get
# make test    all tests, four files of them side by side
# make check   the form, the spelling, the types and the directions of imports
# make audit   known vulnerabilities of the installed packages, and withdrawn releases
# make env     only the environment, .venv, which each of these makes first, once and again when envs/ changes

PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: env demo example test check audit

env: .venv/installed

.venv/installed: envs/requirements.txt envs/workflow.txt envs/test.txt
	@test ! -L .venv || { echo ".venv is a symbolic link, and the environment that it leads to would be emptied. Remove the link (rm .venv) and start again."; exit 1; }
	@echo "Making the Python environment in .venv (once; a few minutes) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Designspace needs Python 3.11 or newer; say which with: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv --clear .venv
	@# The pip that Python brings may be years old, and such a one takes twice as long.
	@python -m pip install --quiet --disable-pip-version-check pip==26.3 || true
	@python -m pip install --quiet --disable-pip-version-check $(foreach file,$^,-r $(file))
	@touch $@

ifdef MODEL
DEMO := --configfile config/demo.yaml config/demo_model.yaml \
	--config 'model={"name": "$(MODEL)", "device": "$(or $(DEVICE),cpu)"}'
demo: env
	@echo "Reading four invented papers with $(MODEL), with all questions; the first paper says how long the rest takes ..."
	@snakemake --profile workflow/profiles/default $(DEMO) --quiet all
	@echo "Open results/demo_model/report.html in a browser."
else
demo: env
	@echo "Reading four invented papers with the embedded model on the CPU (about three minutes) ..."
	@snakemake --profile workflow/profiles/default --configfile config/demo.yaml --quiet all
	@echo "Open results/demo/report.html in a browser: each value has the sentence of the paper behind it, on its page."
	@echo "On these questions this model has F1 0.77, one of 1.5 billion F1 0.92, and 0.81 on all 34: docs/example/results/report.html."
endif

example: env
	@snakemake --profile workflow/profiles/default --configfile docs/example/config.yaml --quiet all
	@snakemake --profile workflow/profiles/default --configfile docs/example/config.yaml docs/example/outcomes.yaml --quiet all

test: env
	@echo "Running all tests ..."
	@python -m pytest -ra -n 4 --dist loadfile --no-loadscope-reorder

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
