PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
DEMO_RUN := runs/demo
ROWS ?= 3000

.PHONY: demo install test check bench clean

demo: install
	@rm -rf $(DEMO_RUN)
	$(BIN)/painpoints mine corpora/demo -o $(DEMO_RUN) --segment product
	@echo "The report: $(CURDIR)/$(DEMO_RUN)/report.html"

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(DEV_STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(STAMP)

test: $(DEV_STAMP)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy painpoints
	$(BIN)/python -m pytest tests/test_rooms.py

bench: install
	@test -n "$(DATA)" || { echo "Say where the data lie: make bench DATA=DIR (laid out as scripts/README.md says)"; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python scripts/bench_startup.py --data $(DATA)
	$(BIN)/python scripts/bench_main_job.py --data $(DATA)
	$(BIN)/python scripts/bench_peers.py --data $(DATA) --rows $(ROWS) --clusters
	$(BIN)/python scripts/bench_clustering.py --data $(DATA)
	$(BIN)/python scripts/bench_clustering_scale.py --data $(DATA)
	$(BIN)/python scripts/bench_growth.py --data $(DATA) --fast
	$(BIN)/python scripts/bench_growth.py --data $(DATA) --sizes 280,2700,36000 --out scripts/bench/growth_full.json

clean:
	rm -rf $(VENV) build dist *.egg-info
