# Everything a newcomer types. Only Python 3.11+ is needed; the rest is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: demo test check bench soak format clean

demo: $(READY)  ## set up, then live half a year of twenty cases
	$(BIN)/zhixing demo

test: $(READY) check  ## set up, check everything, run all tests (a real PostgreSQL included)
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/test_docs.py

check: $(READY)  ## format, lint, definitions, types and layering (on the built wheel), documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/zhixing lint $(filter-out %.scenarios.yaml %.simulation.yaml,$(wildcard definitions/cn/*.yaml definitions/cn/layers/*.yaml definitions/it/*.yaml))
	for file in $(wildcard definitions/cn/*.scenarios.yaml); do $(BIN)/zhixing test $${file%.scenarios.yaml}.yaml || exit 1; done
	$(BIN)/python -m tests.wheel_check
	$(BIN)/python -m pytest -n 2 tests/test_docs.py

bench: $(READY)  ## speeds beside peers and limits, in one run
	$(BIN)/python -m benchmarks

soak: $(READY)  ## the crash and fuzz suites, long
	ZHIXING_SOAK=1 $(BIN)/python -m pytest -n 2 -m "processes or fuzz"

format: $(READY)
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) build dist *.egg-info zhixing-demo.db*
