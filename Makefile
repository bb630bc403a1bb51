# Everything a newcomer types. Only Python 3.11+ is needed; the rest is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
DEFINITIONS := $(filter-out %.scenarios.yaml %.simulation.yaml,\
	$(wildcard definitions/cn/*.yaml definitions/cn/layers/*.yaml definitions/it/*.yaml definitions/nl/*.yaml))
SCENARIOS := $(wildcard definitions/*/*.scenarios.yaml)
SUITE := -n 2 --dist loadfile --ignore tests/test_docs.py

.PHONY: demo test test-all check coverage matrix bench soak mutants docs format clean

demo: $(READY)  ## set up, then live half a year of twenty cases
	$(BIN)/zhixing demo

test: $(READY) check  ## set up, check everything, run all tests (a real PostgreSQL included)
	$(BIN)/python -m pytest $(SUITE)

test-all: $(READY) check  ## as test, on every Python; whatever this machine lacks is a failure
	ZHIXING_TEST_ALL=1 $(BIN)/python -m pytest $(SUITE) --cov --cov-report=term:skip-covered
	ZHIXING_TEST_ALL=1 $(BIN)/python -m tests.matrix --all --others

check: $(READY)  ## format, lint, calm, definitions, types and layers (on the wheel), documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m tests.calm
	$(BIN)/zhixing lint $(DEFINITIONS)
	printf '%s\n' $(SCENARIOS:.scenarios.yaml=.yaml) | xargs -n 8 -P 2 $(BIN)/zhixing test
	$(BIN)/python -m tests.wheel_check
	$(BIN)/python -m pytest -n 2 tests/test_docs.py

coverage: $(READY)  ## which lines the tests reach
	$(BIN)/python -m pytest $(SUITE) --cov --cov-report=term:skip-covered

matrix: $(READY)  ## the tests on every Python found, and on the lowest versions allowed
	$(BIN)/python -m tests.matrix

docs: $(READY)  ## the pages and pictures that are made from the code, and the Python reference in build/docs
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	$(BIN)/python docs/_make/lives.py
	$(BIN)/python docs/_make/lunar_days.py
	$(BIN)/python docs/_make/command_line.py
	$(BIN)/python docs/_make/outside_systems.py
	$(BIN)/zhixing explain --markdown > docs/reference/lint-codes.md
	$(BIN)/zhixing coverage --markdown > docs/coverage.md
	$(BIN)/python docs/_make/api.py build/docs

bench: $(READY)  ## speeds beside peers and limits, in one run
	$(BIN)/python -m benchmarks

soak: $(READY)  ## the crash and fuzz suites, long
	ZHIXING_SOAK=1 $(BIN)/python -m pytest -n 2 -m "processes or fuzz"

mutants: $(READY)  ## whether the tests notice a seeded sample of changes to the code
	$(BIN)/python -m tests.mutants

format: $(READY)
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) build dist *.egg-info zhixing-demo.db*
