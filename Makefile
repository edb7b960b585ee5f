# make build   segments from raw data: environment, dbt build, summary
# make test    the test suite, in temporary directories
# make help    everything else
#
# Variables of dbt go along as VARS, e.g. make build VARS='n_clusters: 5'
# Exit statuses for schedulers: see python_models/segmentation/build.py

PYTHON ?= python3
BIN := .venv/bin
PUBLISH_DIR ?= published
HOST ?= 127.0.0.1
PORT ?= 8000
# Exported, as a shell would read quotes in what make writes into its lines.
export PUBLISH_DIR VARS ID HOST PORT

# Found before any other dbt or Python, and the package before any other of its name.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)/python_models

SIZES ?= 1595 100000

.PHONY: build spark serve check-data rollback erase preview-refit test test-slow test-nightly test-spark lint format benchmark bench bench-ratio docs demonstration-seeds demonstration-pictures lock clean help

build: .venv/installed  ## Build the segments and publish them to PUBLISH_DIR
	@python -m segmentation.build --vars "{$$VARS}"

spark: .venv-spark/installed  ## Build on Spark, in an environment of its own (docs/spark.md)
	@PATH="$(CURDIR)/.venv-spark/bin:$$PATH" \
		python -m segmentation.build --target spark --vars "{$$VARS}"

serve: .venv/installed-api  ## Answer over HTTP what PUBLISH_DIR holds, on HOST and PORT
	@python -m api

check-data: .venv/installed  ## Report on the raw data in plain words, publishing nothing
	@python -m segmentation.data_check --vars "{$$VARS}"

rollback: .venv/installed  ## Put the publication before this one back, or number TO
	@python -m segmentation.publication.rollback "$$PUBLISH_DIR" $(TO)

erase: .venv/installed  ## Erase the client ID from everything that is kept
	@python -m segmentation.erase -- "$$ID"

preview-refit: .venv/installed  ## Show what a refit would move, publishing nothing
	dbt --quiet build --profiles-dir . --exclude-resource-type test \
		--vars "{refit: always, evaluate: false, $$VARS}"
	@python -m segmentation.builds.refit_preview build/segmentation.duckdb

test: .venv/installed-dev  ## Run the test suite without its slow tests
	python -m pytest -m "not slow and not nightly and not spark" --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-slow: .venv/installed-dev  ## Run the slow tests, which CI runs too
	python -m pytest -m slow --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-nightly: .venv/installed-dev  ## Run what CI runs every night only
	python -m pytest -m nightly --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-spark: .venv/installed-dev .venv-spark/installed  ## Compare Spark with DuckDB
	SPARK_ENVIRONMENT=.venv-spark python -m pytest -m "spark and not nightly"

lint: .venv/installed-dev  ## Check SQL, Python, property files and structure
	ruff check .
	ruff format --check .
	lint-imports --no-cache
	python tools/check_structure.py
	python tools/check_property_files.py
	sqlfluff lint --disable-progress-bar --processes 2 models analyses tests/singular

format: .venv/installed-dev  ## Put Python files into the project's format
	ruff check --fix .
	ruff format .

bench: .venv/installed  ## Measure what builds of SIZES enterprises cost
	python benchmarks/build_cost.py $(SIZES) --rounds 3

bench-ratio: .venv/installed  ## Fail where the core costs half as much again as it did
	python benchmarks/build_cost.py 100000 --parts floor,core --most-over-floor 6.1

benchmark: .venv/installed  ## Live through simulated years and judge the judgements, 25 minutes
	python benchmarks/simulated_year.py
	python benchmarks/judgements.py
	python benchmarks/lasting_keys.py
	python benchmarks/cluster_count_advice.py

# Beside no publication, which may be of other data.
# Parsed from scratch: dbt forgets descriptions of singular tests when it parses in part.
docs: .venv/installed  ## Write the documentation as one page, target/static_index.html
	@test -e build/segmentation.duckdb || PUBLISH_DIR=target/none dbt --quiet build \
		--profiles-dir . --exclude-resource-type test --vars "{$$VARS}"
	dbt --quiet --no-partial-parse docs generate --static --profiles-dir . --vars "{$$VARS}"

demonstration-seeds: .venv/installed  ## Write the made-up raw data of seeds/raw anew
	python tools/generate_demonstration_seeds.py

demonstration-pictures: .venv/installed  ## Copy the published charts to assets/charts
	rm -f assets/charts/*.png
	cp $(PUBLISH_DIR)/charts/*.png assets/charts/

# The locks are for Linux, macOS and WSL, Python 3.11 to 3.13. With the digest of every
# file: pip refuses a package that was exchanged at its index.
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-header --no-annotate --quiet
# A lock that goes on from another begins with it.
GO_ON = { echo "--requirement $(1)"; grep -vxFf $(1) $(2); } > $(2).new && mv $(2).new $(2)
lock: .venv/installed-dev  ## Resolve the locks anew from pyproject.toml
	python -m pip install --quiet "uv>=0.9,<1"
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra api --constraint requirements.lock --output-file requirements-api.lock
	$(COMPILE) --extra spark --constraint requirements.lock --output-file requirements-spark.lock
	$(COMPILE) --extra dev --constraint requirements-api.lock --output-file requirements-dev.lock
	$(call GO_ON,requirements-api.lock,requirements-dev.lock)
	$(call GO_ON,requirements.lock,requirements-api.lock)
	$(call GO_ON,requirements.lock,requirements-spark.lock)

clean:  ## Remove what a build makes, but not the publication
	rm -rf build target logs

help:  ## List these commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /: /' \
		| awk -F': ' '{ printf "make %-20s %s\n", $$1, $$2 }'

# Nothing that a lock does not list: it has all that its packages need. What pip compiles
# by one processor is compiled by all of them.
install = $(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile \
	--require-hashes --no-deps --requirement $(2) \
	&& { $(1)/bin/python -m compileall -qq -j 0 $(1)/lib || true; }
# What a build needs, in an environment of its own.
.venv/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Python 3.11 to 3.13 is needed, and $(PYTHON) is" \
		"$$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(call install,.venv,requirements.lock)
	@touch $@

# What serves over HTTP, and tests and linters, beside it; a build does not mind them.
.venv/installed-api: .venv/installed requirements-api.lock
	$(call install,.venv,requirements-api.lock)
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	$(call install,.venv,requirements-dev.lock)
	@touch $@

# The target spark has an environment of its own: DuckDB's users install nothing of it.
.venv-spark/installed: requirements.lock requirements-spark.lock
	@java -version >/dev/null 2>&1 || { echo "Spark needs Java: install a JRE 17"; exit 1; }
	$(PYTHON) -m venv --clear .venv-spark
	$(call install,.venv-spark,requirements-spark.lock)
	@# dbt finds the adapter in python_models.
	@echo "$(CURDIR)/python_models" \
		> "$$(echo .venv-spark/lib/python*/site-packages)/client_segmentation.pth"
	@touch $@
