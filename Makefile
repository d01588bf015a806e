# Every target sets up what it needs: `make demo` works in a fresh clone.

VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
FUZZ_EXAMPLES ?= 2000
WORKERS ?= 2
DEMOS := streamed_report map_reduce debate plan_then_tools react_agent

.PHONY: demo demos test check coverage bench sizes fuzz clean

demo: $(INSTALLED)
	$(PYTHON) demos/tree_of_thoughts.py

demos: $(INSTALLED)
	@for name in tree_of_thoughts $(DEMOS); do \
		echo "== $$name"; $(PYTHON) demos/$$name.py || exit 1; \
	done

test: $(INSTALLED)
	$(PYTHON) -m pytest tests -n $(WORKERS) --dist worksteal

check: $(INSTALLED)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

coverage: $(INSTALLED)
	$(PYTHON) -m pytest tests --cov --cov-report=term

bench: $(INSTALLED)
	$(PYTHON) benchmarks/bench_overhead.py

sizes: $(INSTALLED)
	$(PYTHON) benchmarks/sizes.py

# Every property test, with many more examples than `make test` draws.
fuzz: $(INSTALLED)
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(PYTHON) -m pytest tests -m hypothesis

clean:
	rm -rf $(VENV) build dist htmlcov .coverage .hypothesis
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find epic_actors tests demos benchmarks -name __pycache__ -prune -exec rm -rf {} +

# Done once, and again when what to install has changed.
$(INSTALLED): pyproject.toml constraints.txt
	@for python in python3 python3.11 python3.12 python3.13 python3.14; do \
		if $$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' \
			2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "epic-actors needs Python 3.11 or newer, with venv, on the PATH" >&2; exit 1; \
	fi; \
	echo "setting up $(VENV) with $$($$found --version)"; \
	$$found -m venv $(VENV)
	@$(PYTHON) -m pip install -qq --disable-pip-version-check \
		-c constraints.txt -e '.[test]'
	@touch $@
