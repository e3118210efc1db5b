# What people run. Every target installs what it needs on Debian and Ubuntu; elsewhere it says what is missing.

SWIFT ?= swift
DATA_DIR ?= ./flywheel-data
PORT ?= 8000
CRASH_ROUNDS ?= 20
TRANSACTION_CRASH_ROUNDS ?= 100
DAMAGED_REQUESTS ?= 200000
FUZZ_SECONDS ?= 60
PEERS := rocksdb leveldb lmdb sqlite3
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
PYTHON := .venv/bin/python
PYTEST := PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m pytest -p no:cacheprovider Tests/Conformance
LOGS := .build/logs

.DEFAULT_GOAL := build
.PHONY: run build test test-swift test-example test-conformance guard format lint docs bench bench-engine bench-data bench-transactions bench-threads soak fuzz \
	fuzz-parsers crash-audit \
	lz4 wrk peers valgrind package-index

## Using it

run: build
	exec .build/release/flywheel serve --data-dir $(DATA_DIR) --port $(PORT)

build: lz4
	$(SWIFT) build -c release --product flywheel

## Checking it

# Both test runs write logs, so that their own summaries can stand together at the end.
test: test-swift test-example test-conformance
	@tail -n 1 $(LOGS)/swift-test.log
	@tail -n 1 $(LOGS)/pytest.log

test-swift: lz4
	@mkdir -p $(LOGS)
	bash -o pipefail -c '$(SWIFT) test 2>&1 | tee $(LOGS)/swift-test.log'

# The app with a database inside: built as its users build theirs, and run twice, since the second run opens what the first left.
test-example: lz4
	$(SWIFT) build --package-path Docs/Examples/EmbeddedApp --scratch-path .build-example
	@rm -rf .build-example/run && mkdir -p .build-example/run
	cd .build-example/run && ../debug/EmbeddedApp && ../debug/EmbeddedApp

# The clients people use, against the binary people run.
test-conformance: build .venv/conformance package-index
	@mkdir -p $(LOGS)
	bash -o pipefail -c '$(PYTEST) 2>&1 | tee $(LOGS)/pytest.log'

# What single operations of the storage engine and of the database cost, in instructions and allocations, against Benchmarks/guards.txt.
# UPDATE=1 writes that file anew.
guard: lz4 valgrind
	FLYWHEEL_GUARDS=1 $(SWIFT) build -c release --product engine-guards
	FLYWHEEL_GUARDS=1 $(SWIFT) build -c release --product data-guards
	python3 -B Benchmarks/Scripts/guards.py $(if $(UPDATE),--update) .build/release/engine-guards .build/release/data-guards

format:
	$(SWIFT) format -i -r Sources Tests Benchmarks/Sources Package.swift Benchmarks/Package.swift

lint:
	$(SWIFT) format lint --strict -r Sources Tests Benchmarks/Sources Package.swift Benchmarks/Package.swift

docs: lz4
	FLYWHEEL_DOCS=1 $(SWIFT) package --scratch-path .build-docs generate-documentation --target Flywheel --warnings-as-errors

## Measuring it, side by side with its peers

bench: build wrk .venv/bench
	$(SWIFT) build -c release --package-path Benchmarks --product bare-http
	$(PYTHON) -B Benchmarks/Scripts/compare_http.py
	$(PYTHON) -B Benchmarks/Scripts/compare_boto3.py

# The storage engine beside those of its peers that the machine has: a quarter of an hour, or QUICK=1 for well under a minute.
# JSON=FILE keeps the figures, TABLE=FILE a Markdown table, CHART=FILE a picture (SVG). PAUSE_SECONDS=600 looks for the longest pause of
# a writer for ten minutes an engine; WORKS and SYSTEMS choose (names: Works/WorkGroup.swift, Engines/System.swift).
# (The manifest is touched because files that came into a package next door are not seen otherwise.)
bench-engine: lz4 peers
	found=""; for peer in $(PEERS); do \
		for header in $$peer.h $$peer/c.h; do [ ! -e /usr/include/$$header ] || found="$$found $$peer"; done; done; \
	touch Benchmarks/Package.swift; FLYWHEEL_BENCH_PEERS="$$found" $(SWIFT) build -c release --package-path Benchmarks --product engine-comparison
	QUICK="$(QUICK)" JSON="$(JSON)" TABLE="$(TABLE)" CHART="$(CHART)" PAUSE_SECONDS="$(PAUSE_SECONDS)" \
		WORKS="$(WORKS)" SYSTEMS="$(SYSTEMS)" Benchmarks/.build/release/engine-comparison

# Operations on items beside the raw tree, the same through JSON, and SQLite. QUICK=1 and JSON=FILE as above.
bench-data: lz4 peers
	found=""; [ ! -e /usr/include/sqlite3.h ] || found=sqlite3; \
	touch Benchmarks/Package.swift; FLYWHEEL_BENCH_PEERS="$$found" $(SWIFT) build -c release --package-path Benchmarks --product data-comparison
	QUICK="$(QUICK)" JSON="$(JSON)" Benchmarks/.build/release/data-comparison

# Items a second in transactions of four, beside single reads and writes.
bench-transactions: build wrk .venv/conformance
	$(PYTHON) -B Benchmarks/Scripts/compare_transactions.py

# What a second thread brings, in one database and in one of its own. WORKS="on compacted get-item" and so on as thread-scaling says.
bench-threads: lz4
	FLYWHEEL_GUARDS=1 $(SWIFT) build -c release --product thread-scaling
	.build/release/thread-scaling $(WORKS)

## Trying to break it, for longer than a test may take

# Every Swift test at its full length, optimised.
soak: lz4
	FLYWHEEL_LONG=1 $(SWIFT) test -c release --scratch-path .build-soak

# Requests with damaged bytes.
fuzz: build .venv/conformance
	FLYWHEEL_DAMAGED_REQUESTS=$(DAMAGED_REQUESTS) FLYWHEEL_FUZZ_SEED=$$RANDOM $(PYTEST) -s -k "damaged or garbage"

# Expressions, requests and pagination tokens that no client would send, each kind for FUZZ_SECONDS.
fuzz-parsers: lz4
	FLYWHEEL_FUZZ_SECONDS=$(FUZZ_SECONDS) FLYWHEEL_FUZZ_SEED=$$RANDOM \
		$(SWIFT) test -c release --scratch-path .build-soak --filter FuzzTests

# kill -9 in the middle of work, restart, audit.
crash-audit: build .venv/conformance
	FLYWHEEL_CRASH_ROUNDS=$(CRASH_ROUNDS) FLYWHEEL_TRANSACTION_CRASH_ROUNDS=$(TRANSACTION_CRASH_ROUNDS) $(PYTEST) -s -k test_crash

## What they need

lz4:
	@if [ "$$(uname)" = Linux ] && [ ! -e /usr/include/lz4.h ]; then \
		$(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q liblz4-dev pkg-config; fi

# Each may be missing; what is measured then is the rest.
peers:
	@if [ "$$(uname)" = Linux ] && command -v apt-get > /dev/null; then for peer in $(PEERS); do \
		[ -e /usr/include/$$peer.h ] || [ -e /usr/include/$$peer/c.h ] || \
		$(SUDO) apt-get install -y -q lib$$peer-dev || { \
		$(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q lib$$peer-dev; } || true; done; fi

valgrind:
	@if [ "$$(uname)" = Linux ]; then command -v valgrind > /dev/null || { \
		$(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q valgrind; }; fi

wrk:
	@command -v wrk > /dev/null || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q wrk; }

# The tests load Debian's package index; without one they fall back to what dpkg knows.
package-index:
	@if command -v apt-cache > /dev/null && [ -z "$$(apt-cache dumpavail | head -n 1)" ]; then \
		$(SUDO) apt-get update -q || true; fi

$(PYTHON):
	@python3 -c 'import venv, ensurepip' 2> /dev/null || { \
		$(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q python3 python3-venv python3-pip; }
	python3 -m venv .venv

.venv/conformance: Tests/Conformance/requirements.txt | $(PYTHON)
	$(PYTHON) -m pip install -q -r Tests/Conformance/requirements.txt
	touch $@

.venv/bench: Benchmarks/requirements.txt .venv/conformance
	$(PYTHON) -m pip install -q -r Benchmarks/requirements.txt
	touch $@
