# The project's verbs. `make demo` and `make test` need only Python 3.11, gcc, make, git and the package registries.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/jetbridge
PYTHON ?= python3
UV := $(CACHE)/tools/bin/uv
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Every task is a process: without bytecode each would compile pandas again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo test test-all lint format goldens docs clean cluster-up cluster-down test-cluster test-cluster-again test-spark test-corpus test-argo bench bench-cluster

help: ## Lists the verbs
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

install: .venv/.installed ## Installs uv and the locked environment

$(UV):
	@echo "Installing uv (once, into $(CACHE)/tools) …"
	@$(PYTHON) -m venv $(CACHE)/tools
	@$(CACHE)/tools/bin/pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'

.venv/.installed: $(UV) uv.lock pyproject.toml sdk/pyproject.toml translators/pyproject.toml plugins/pyproject.toml
	@echo "Installing the locked environment …"
	@$(UV) sync --locked --all-groups --no-group fuzz --python $(PYTHON)
	@touch $@

demo: install ## The main job on real data: package, translate, run locally and on Airflow, compare
	@$(BIN)/python examples/demo.py

test: install ## The fast tests
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not cluster and not airflow"

test-all: install ## The fast tests, and those that start a real Airflow
	@$(BIN)/python -m pytest -q -m "not cluster"

lint: install ## Formatting, rules, types, and the direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/python -m pytest -q -p no:randomly tests/test_architecture.py

format: install ## Formats the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

goldens: install ## Rewrites the golden outputs of the examples; review the difference
	@$(BIN)/python -m pytest -q tests/conformance/test_goldens.py tests/conformance/test_reference.py --update-goldens
	@git --no-pager diff --stat -- tests/golden

docs: install ## Rewrites the generated pages in docs/reference, and builds the site into build/site
	@$(BIN)/python -m docs.generate
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

cluster-up: ## Builds (once) and starts a real Kubernetes with Argo (ARGO=4.0: that line) and an S3 gateway; needs root
	@$(PYTHON) -m tests.cluster up $(if $(ARGO),--argo $(ARGO))

cluster-down: ## Ends what cluster-up started, and leaves nothing behind
	@$(PYTHON) -m tests.cluster down

ON_CLUSTER = $(BIN)/python -m pytest -q -rs -p no:randomly tests/on_cluster

test-cluster: install ## The tests on the real engines; uses KUBECONFIG's cluster where that is set
	@failed=0; \
	$(ON_CLUSTER) -n 3 --dist loadfile -m "cluster and not faults and not spark and not corpus" || failed=1; \
	$(ON_CLUSTER) -m "cluster and faults" || failed=1; \
	exit $$failed

test-cluster-again: install ## Of these what failed the last time
	@$(ON_CLUSTER) -m "cluster and not spark and not corpus" --last-failed --last-failed-no-failures none

test-spark: install ## Spark on the cluster of cluster-up, with the operator and without; makes an image of 1.7 GB once
	@$(ON_CLUSTER) -m "cluster and spark"

test-corpus: install ## A whole flytekit project on the cluster's Argo and Airflow (long; K="argo and fan" picks cases)
	@$(ON_CLUSTER)/test_flytekit_corpus.py -m "cluster and corpus" $(if $(K),-k "$(K)")

test-argo: install ## Of these what is Argo's alone, such as after `make cluster-up ARGO=4.0`
	@$(ON_CLUSTER) -n 3 --dist loadfile -m "cluster and not faults and not spark and not corpus" -k "argo and not airflow or recover"

bench: install ## What Jetbridge costs beside what it replaces, without a cluster
	@for name in entrypoint import_time translate dataplane "dataplane --only huge"; do $(BIN)/python -m benchmarks.$$name; done
	@echo "On the cluster: make cluster-up bench-cluster. One alone: python -m benchmarks.entrypoint --help"

bench-cluster: install ## The same on Argo and on Airflow's pods; uses KUBECONFIG's cluster where that is set
	@$(BIN)/python -m benchmarks.cluster_overhead
	@$(BIN)/python -m benchmarks.airflow_overhead

clean: ## Removes what was installed and built in this folder
	@rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis
