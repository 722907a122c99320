# What one must know: run, test, check, tour, bench, soak. `make` alone lists them.
# Nothing has to be installed first but Python 3.11 or newer and make (Linux).

PY := .venv/bin/python -P
# The house is many processes, and its tests start hundreds: each finds what it imports compiled, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

# Files run side by side; what kills processes under load, and counts what is done meanwhile, runs
# after them (their files by name: to collect them all takes as long as these run). The rules of the house need nothing running and belong to `make check`.
TEST := .venv/bin/python -m pytest
ALL_TESTS = $(TEST) -q -n 3 --dist loadfile --no-loadscope-reorder -m "not kill and not soak" --ignore tests/house tests && $(TEST) -q -n 2 --dist loadfile --no-loadscope-reorder -m kill $$(grep -rl --include='*.py' 'mark\.kill' tests)

.DEFAULT_GOAL := help
.PHONY: help run test check tour bench soak build lock
# `make check test` means: in this order, and no second part after a first that failed.
.NOTPARALLEL:

help:
	@echo "make run           start everything on this machine; Ctrl-C stops it, the data are kept"
	@echo "make test          run all tests but the house rules (ROOM=cases: those of one room)"
	@echo "make check         style, types, floors, house rules, translations, built assets"
	@echo "make tour          walk the main job against the running system"
	@echo "make bench         measure against pgbench"
	@echo "make soak          kill processes under load, lose nothing; look at every page in every browser"
	@echo "make build         build the browser's files (needs node)"
	@echo "make lock          pin the newest packages that pyproject.toml allows"

run:
	@scripts/setup.sh run
	@exec $(PY) -m tongban up

test:
	@scripts/setup.sh dev
	@scripts/setup.sh clamd
	@scripts/setup.sh apache
	@scripts/setup.sh front
	@CHROMIUM="$$(scripts/setup.sh browser)" && export CHROMIUM && $(if $(ROOM),exec $(TEST) tests/$(ROOM),$(ALL_TESTS))

check:
	@scripts/setup.sh dev
	@scripts/setup.sh front
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	@echo "mypy beside the rules of the house: each keeps one core busy"
	@.venv/bin/python -m mypy --strict src scripts bench & types=$$!; \
	.venv/bin/lint-imports --no-logo && $(TEST) -q tests/house; house=$$?; wait $$types && exit $$house
	.venv/bin/python scripts/translations.py --check
	npm run --silent build -- --check
	.venv/bin/python -m scripts.fixtures --check

tour:
	@scripts/setup.sh run
	@exec $(PY) -m tongban tour

bench:
	@scripts/setup.sh dev
	@scripts/setup.sh wrk
	@.venv/bin/python -m bench
	@.venv/bin/python -m bench.limits
	@.venv/bin/python -m bench.ruling
	@.venv/bin/python -m bench.planning
	@.venv/bin/python -m bench.gating
	@.venv/bin/python -m bench.moves
	@.venv/bin/python -m bench.uploads
	@.venv/bin/python -m bench.oidc
	@.venv/bin/python -m bench.sealing
	@.venv/bin/python -m bench.enumeration
	@.venv/bin/python -m bench.accounts
	@exec .venv/bin/python -m bench.growth

soak:
	@scripts/setup.sh dev
	@scripts/setup.sh clamd
	@scripts/setup.sh apache
	@scripts/setup.sh front
	.venv/bin/python -m bench.soak
	@CHROMIUM="$$(scripts/setup.sh browser)" && export CHROMIUM && \
		TONGBAN_MATRIX=whole $(TEST) -q tests/journeys/test_page_matrix.py $$(grep -rl --include='test_*.py' 'Walker' tests) \
		tests/ui/test_in_browser.py

build:
	@scripts/setup.sh front
	npm run --silent build

# Universal: one lock for each Python that pyproject.toml allows. No registry's address in it.
LOCK := .venv/bin/python -m uv pip compile --universal --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --upgrade pyproject.toml

lock:
	@scripts/setup.sh dev
	.venv/bin/python -m pip install -q uv
	$(LOCK) -o requirements.lock
	$(LOCK) -c requirements.lock --extra dev -o requirements-dev.lock
