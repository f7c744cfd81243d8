# Observer: make run | make test | make bench | make chaos | make generated | make lock. Needs Python 3.11+ and make, nothing else.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
DATA_DIR ?= data
BIN := .venv/bin
DEMO := OBSERVER_DEMO=1 HOST=$(HOST) PORT=$(PORT) SITE_URL=http://$(HOST):$(PORT) DATA_DIR=$(DATA_DIR)
DEVELOPMENT := SECRET_KEY=only-for-checks-0000000000000000000000000000000000000 DATABASE_URL=sqlite://:memory:

.PHONY: run test bench chaos generated qgis check messages lock clean install install-dev

run: install
	@$(DEMO) $(BIN)/python manage.py demo --host $(HOST) --port $(PORT)
	@$(DEMO) $(BIN)/honcho start -f Procfile || [ $$? -eq 130 ]

test: check
	@$(BIN)/python -m tests.run

check: install-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Run: .venv/bin/ruff format ."; exit 1; }
	@$(DEVELOPMENT) $(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(DEVELOPMENT) $(BIN)/python manage.py makemigrations --check --dry-run
	@$(DEVELOPMENT) $(BIN)/python manage.py check

messages: install-dev
	@$(DEVELOPMENT) $(BIN)/python manage.py makemessages --no-location --no-obsolete --ignore .venv --ignore tests
	@$(DEVELOPMENT) $(BIN)/python manage.py compilemessages --ignore .venv

install:
	@$(PYTHON) vendor/bootstrap.py .venv requirements.txt

install-dev: install
	@$(PYTHON) vendor/bootstrap.py .venv requirements.txt requirements-dev.txt

# Pins for every Python from 3.11, with hashes and without the address of an index. http-ece lies in vendor/ as a wheel.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-package http-ece --no-header --no-annotate -q --upgrade requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-package http-ece --no-header --no-annotate -q --upgrade requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Load and bad lines through the whole product, reconciled; with real input too: make bench ARCHIVE=reports.csv
bench: install-dev
	@for engine in sqlite postgresql; do export OBSERVER_TEST_ENGINE=$$engine; \
	  $(BIN)/python -m tests.benchmarks.reconnect && $(BIN)/python -m tests.benchmarks.slow_line && \
	  { [ -z "$(ARCHIVE)" ] || $(BIN)/python -m tests.benchmarks.import_archive $(ARCHIVE); } || exit 1; done
	@$(BIN)/python -m tests.benchmarks.alerts && $(BIN)/python -m tests.benchmarks.steady
	@$(BIN)/python -m tests.benchmarks.desk --engine sqlite && $(BIN)/python -m tests.benchmarks.desk --engine postgresql
	@$(BIN)/python -m tests.benchmarks.export

# Hours of kills, a broker that is away and a disk that is full, every report counted at the end. Shorter, and it says so:
# make chaos CHAOS="--reports 2000 --kills 50 --seed 7 --engine postgresql --only kills"
chaos: install-dev
	@$(BIN)/python -m tests.chaos $(CHAOS)

# A QGIS without a window reads the demonstration's /ogc. Needs QGIS with its Python modules (docs/export.md).
qgis: install-dev
	@$(BIN)/python -m tests.qgis

# The long forms of tests of the export, on both engines: 6,000 requests made up out of the two OpenAPI documents, and ten who
# follow at least 100 pages each while twenty write.
generated: install-dev
	@for engine in sqlite postgresql; do OBSERVER_TEST_ENGINE=$$engine OBSERVER_TEST_LONG=1 \
	  $(BIN)/python -m pytest -q -s --durations=4 tests/api/test_generated.py tests/api/ogc/test_generated.py tests/api/test_following.py || exit 1; done
