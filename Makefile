# `make run` is all it takes: everything is installed into .venv, nothing else on the machine is touched but
# libfluidsynth (and Chromium, for `make test`), and those only where no password is needed.
VENV ?= .venv
PORT ?= 8501
# cpu, cuda, or the name of one of PyTorch's wheel indexes, such as cu130; empty keeps what is installed, at first cpu
TORCH ?=

BIN = $(VENV)/bin
SETUP = $(find_python); TORCH=$(TORCH) "$$python" scripts/setup.py --venv $(VENV)

# The environment's own Python if it is there and works, else the newest on the PATH: a name that is found may still
# not run (pyenv leaves such stubs), so each is tried. Newer ones than 3.14 come last: not every package has them yet.
define find_python
for python in $(BIN)/python python3.14 python3.13 python3.12 python3.11 python3 python none; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break; \
done; \
if [ "$$python" = none ]; then \
	echo "Python 3.11 or newer is needed and none was found: get it from your system's packages or python.org, then run make again." >&2; \
	exit 1; \
fi
endef

.PHONY: run setup setup-dev test test-slow lint bench

run: setup
	@$(BIN)/python -m composer studio --port $(PORT)

setup:
	@$(SETUP)

setup-dev:
	@$(SETUP) --dev

# A worker a core, but for tests that drive a browser: with two of those at once, each would wait for the other.
test: setup-dev
	@$(BIN)/python -m pytest -m "not slow and not browser" --numprocesses auto --maxprocesses 4 --dist loadfile
	@$(BIN)/python -m pytest -m "not slow and browser"

test-slow: setup-dev
	@$(BIN)/python -m pytest -m slow

lint: setup-dev
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy

bench: setup
	@$(BIN)/composer bench
