# Everything runs from the folder's own virtual environment, .venv.
# `make serve` needs Python 3.11 or newer and nothing else.

VENV := .venv
PY := $(VENV)/bin/python
# The first of these that is new enough; or say PYTHON=...
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
PIP := $(PY) -m pip --disable-pip-version-check
# How the locks are made. ARGS: options for a benchmark.
LOCK := uv pip compile pyproject.toml --generate-hashes --no-emit-index-url \
	--universal --python-version 3.11 --quiet
ARGS ?=
WORDS := --all --no-location --no-wrap --no-obsolete \
	--ignore tests --ignore docs --ignore var --ignore node_modules --ignore vendor
# Run a second time, on PostgreSQL and Redis: the rules, and all that they are called by.
# Any other test without a browser runs there too:
# TEST_DATABASE=postgresql TEST_REDIS=1 .venv/bin/pytest ...
POSTGRESQL_TESTS := tests/rooms tests/permissions tests/recordings/api
# Two processes, a file's tests in one of them, the longest first (tests/conftest.py).
# Calls want the whole machine.
SIDE_BY_SIDE := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help serve test check check-types check-rest bench-log bench-fanout bench-storm bench-meeting bench-slow bench-latency bench-network bench-call bench-export bench-sync bench-pages bench-replay bench-live screenshots words lock clean

help:
	@echo 'make serve          run the whole product on http://127.0.0.1:8000/'
	@echo 'make test           all tests; installs what they need'
	@echo 'make check          format, lint, types, imports, migrations'
	@echo 'make bench-log      the stream log under load      (options: ARGS=)'
	@echo 'make bench-fanout   one publisher, many viewers    (options: ARGS=)'
	@echo 'make bench-storm    a webinar that many join at once (options: ARGS=)'
	@echo 'make bench-export   exports of a meeting, beside ffmpeg (options: ARGS=)'
	@echo 'make bench-sync     sound and picture in an hour-long export (options: ARGS=)'
	@echo 'make bench-meeting  fifty people who all send      (options: ARGS=)'
	@echo 'make bench-slow     viewers with bad networks      (options: ARGS=)'
	@echo 'make bench-latency  from a camera to a screen, beside WebRTC (options: ARGS=)'
	@echo 'make bench-network  a page with a bad network    (options: ARGS=)'
	@echo 'make bench-call     what a long call costs pages (options: ARGS=)'
	@echo 'make bench-pages    lists over very many rows      (options: ARGS=)'
	@echo 'make bench-replay   seeks in an hour, folder and S3 (options: ARGS=)'
	@echo 'make bench-live     four people to an RTMP server  (options: ARGS=)'
	@echo 'make screenshots    pictures of all pages into var/screenshots/'
	@echo 'make words          bring the catalogues in locale/ up to date and compile them'
	@echo 'make lock           pin the newest dependencies that pyproject.toml allows'

serve: $(VENV)/installed
	@exec $(PY) manage.py serve

test: $(VENV)/installed-dev
	@.ci/system-packages node npm chromium postgresql gettext redis nginx-rtmp
	@$(MAKE) --no-print-directory node_modules/installed
	node --test $(wildcard tests/js/*.test.js)
	$(VENV)/bin/pytest $(SIDE_BY_SIDE) -m 'not call'
	$(VENV)/bin/pytest -m call
	TEST_DATABASE=postgresql TEST_REDIS=1 $(VENV)/bin/pytest $(SIDE_BY_SIDE) $(POSTGRESQL_TESTS)

check:
	@.ci/system-packages node npm
	@$(MAKE) --no-print-directory -j 2 $(VENV)/installed-dev node_modules/installed
	@$(MAKE) --no-print-directory -j 2 check-types check-rest

check-types:
	$(VENV)/bin/mypy

check-rest:
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	node_modules/.bin/tsc --project tsconfig.json
	$(VENV)/bin/pytest -q tests/test_imports.py
	$(PY) manage.py check --settings tests.settings
	$(PY) manage.py makemigrations --check --dry-run --settings tests.settings

bench-log: $(VENV)/installed-dev
	@$(PY) -m tests.benchmarks.log $(ARGS)

bench-fanout: $(VENV)/installed-dev
	@$(PY) -m tests.benchmarks.fanout $(ARGS)

bench-storm: $(VENV)/installed-dev
	@$(PY) -m tests.benchmarks.storm $(ARGS)

bench-export: $(VENV)/installed-dev
	@$(PY) -m tests.benchmarks.export $(ARGS)

bench-sync: $(VENV)/installed-dev
	@$(PY) -m tests.benchmarks.export_sync $(ARGS)

bench-meeting: $(VENV)/installed-dev
	@$(PY) -m tests.benchmarks.meeting $(ARGS)

bench-slow: $(VENV)/installed-dev
	@$(PY) -m tests.benchmarks.slow $(ARGS)

bench-latency: $(VENV)/installed-dev
	@.ci/system-packages chromium
	@$(PY) -m tests.benchmarks.latency $(ARGS)

bench-network: $(VENV)/installed-dev
	@.ci/system-packages chromium
	@$(PY) -m tests.benchmarks.network $(ARGS)

bench-call: $(VENV)/installed-dev
	@.ci/system-packages chromium
	@$(PY) -m tests.benchmarks.long_call $(ARGS)

bench-pages: $(VENV)/installed-dev
	@$(PY) -m tests.benchmarks.pages $(ARGS)

bench-replay: $(VENV)/installed-dev
	@$(PY) -m tests.benchmarks.replay $(ARGS)

bench-live: $(VENV)/installed-dev
	@.ci/system-packages nginx-rtmp
	@$(PY) -m tests.benchmarks.live $(ARGS)

screenshots: $(VENV)/installed-dev
	@.ci/system-packages chromium
	$(PY) -m tests.screenshots $(ARGS)

# A new language: mkdir -p locale/fr/LC_MESSAGES, make words, translate what is empty,
# make words again, and add it to LANGUAGES.
words:
	@.ci/system-packages gettext
	$(PY) manage.py makemessages $(WORDS)
	$(PY) manage.py makemessages $(WORDS) --domain djangojs
	$(PY) manage.py compilemessages --ignore .venv --ignore node_modules

lock:
	$(LOCK) -o requirements.lock
	$(LOCK) --group dev -o requirements-dev.lock

clean:
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache

$(PY):
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or newer is needed and was not found;' \
		'if it has an unusual name, say: make PYTHON=/path/to/python' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo '$(PYTHON) cannot make a virtual environment (see above);' \
		'on Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }

$(VENV)/installed: requirements.lock | $(PY)
	@echo 'Installing the dependencies into $(VENV) ...'
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@touch $@

# The development lock holds the same versions and more.
$(VENV)/installed-dev: requirements-dev.lock | $(PY)
	@echo 'Installing the development dependencies into $(VENV) ...'
	@$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/installed

node_modules/installed: package-lock.json
	npm ci --no-audit --no-fund
	@touch $@
