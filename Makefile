# What people and CI call. `make help` lists it. A target installs from Debian what it misses, and says so.
# Ours is compiled strictly here; a package that depends on Postern is not held to our warnings (Package.swift).

export POSTERN_STRICT := 1
# A crash under a sanitizer otherwise leaves swift-backtrace hanging for minutes.
export SWIFT_BACKTRACE := enable=no

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build
.NOTPARALLEL:

SWIFT_DEPENDENCIES := libyaml-dev libssl-dev libhiredis-dev libsqlite3-dev pkg-config tzdata
COMMAND_DEPENDENCIES := curl git bsdutils openssl
C_DEPENDENCIES := gcc g++ binutils pkg-config xxd
BENCH_DEPENDENCIES := valgrind
SERVICE_DEPENDENCIES := redis-server nginx caddy chromium openssl curl python3-venv glewlwyd
LINT_DEPENDENCIES := shellcheck
LOAD_DEPENDENCIES := wrk nghttp2-client redis-server
SWIFT_FOLDERS := Package.swift Sources Tests Benchmarks
SCRIPTS := .ci/run tools/build-library tools/check-readme tools/install-missing tools/run-checks tools/generate-envoy Tests/C/run demo/tour.sh demo/gate.sh Benchmarks/Gate/load.sh

# What CI builds for debugging with (.ci/run); by hand it is empty, so that `swift build` goes on with what a target has built.
DEBUG_FLAGS ?=

# One build serves the agreement and the benchmark: `swift test` would build for itself, with flags of its own.
BUILD_AGREEMENT = POSTERN_ONLY_TESTS=AgreementTests swift build --build-tests -c release -Xswiftc -enable-testing --scratch-path .build-agreement

C_DECIDER := .build-embedded/decide
LIBRARY_FLAGS = $$(PKG_CONFIG_PATH=dist/lib/pkgconfig pkg-config --cflags postern)
LIBRARY_LINKS = $$(PKG_CONFIG_PATH=dist/lib/pkgconfig pkg-config --libs postern)

## build: everything, for debugging
.PHONY: build
build: swift-dependencies
	swift build --build-tests

## release: the commands, optimized, in .build/release
.PHONY: release
release: swift-dependencies
	swift build -c release

## test: everything that CI runs (below 25 minutes on two cores)
.PHONY: test
test:
	tools/run-checks lint test-debug test-service+build-agreement test-readme tour test-library test-agreement bench-smoke sanitize

## demo: the whole thing on localhost: apps behind nginx, the gate, an OpenID provider, and two people to log in as
.PHONY: demo
demo: swift-dependencies service-dependencies
	swift build $(DEBUG_FLAGS) --product postern
	swift build $(DEBUG_FLAGS) --product posternd
	demo/gate.sh

## tour: one request for every reason, decided over the policy tree
.PHONY: tour
tour: swift-dependencies
	swift build $(DEBUG_FLAGS) --product postern
	demo/tour.sh

## bench: what decisions, resolutions and compilations cost, in counts and ratios, beside the floor and the peers
.PHONY: bench
bench: swift-dependencies bench-dependencies release peers
	.build/release/postern-bench --json .build/bench.json
	.build/release/postern-bench plot .build/bench.json .build/bench.svg

## bench-scale: the same up to a million apps and ten million grants (a quarter of an hour, 12 GB of memory)
.PHONY: bench-scale
bench-scale: swift-dependencies bench-dependencies release peers
	.build/release/postern-bench --apps 1000000 --sizes 10,1000,10000,100000 --json .build/bench-scale.json

## bench-gate: what the gate costs nginx: requests a second with and without it, latencies, memory (POSTERN_LOAD_SOAK=600)
.PHONY: bench-gate
bench-gate: swift-dependencies service-dependencies
	@tools/install-missing $(LOAD_DEPENDENCIES)
	swift build $(DEBUG_FLAGS) --product postern
	swift build -c release --product posternd --scratch-path .build-release
	Benchmarks/Gate/load.sh

## bench-plot: docs/benchmarks.svg, from the figures of the last `make bench-scale`
.PHONY: bench-plot
bench-plot:
	.build/release/postern-bench plot .build/bench-scale.json docs/benchmarks.svg

## peers: other policy engines from PyPI, in a Python environment of their own, for `make bench`
.PHONY: peers
peers: .build-peers/installed

.build-peers/installed: Benchmarks/peers/requirements.txt
	@{ python3 -m venv .build-peers && .build-peers/bin/pip install --quiet --disable-pip-version-check -r $< && touch $@; } \
	  || { rm -rf .build-peers; echo "peers: pip cannot install $<, and they are not measured"; }

## library: the kernel as a static library without the Swift runtime, in dist/
.PHONY: library
library: c-dependencies
	tools/build-library dist

## review-soundness: a million requests over changed policies, each flip told by the review (POSTERN_REVIEW_REQUESTS)
.PHONY: review-soundness
review-soundness: swift-dependencies
	POSTERN_ONLY_TESTS=PosternReviewTests POSTERN_REVIEW_REQUESTS=$${POSTERN_REVIEW_REQUESTS:-1000000} swift test -c release -Xswiftc -enable-testing \
	  --scratch-path .build-agreement --filter PosternReviewTests.SoundnessTests

## layout-trees: ten thousand trees, written anyhow and laid out: same bundles, decisions and comments (POSTERN_LAYOUT_TREES)
.PHONY: layout-trees
layout-trees: swift-dependencies
	POSTERN_LAYOUT_TREES=$${POSTERN_LAYOUT_TREES:-10000} swift test -c release -Xswiftc -enable-testing \
	  --scratch-path .build-agreement --filter PosternReviewTests.LayoutTreeTests

## agreement: ten million decisions of every engine compared (POSTERN_AGREEMENT_DECISIONS)
.PHONY: agreement
agreement:
	POSTERN_AGREEMENT_DECISIONS=$${POSTERN_AGREEMENT_DECISIONS:-10000000} $(MAKE) --no-print-directory test-agreement

## sanitize: hostile bundles and broken bytes under AddressSanitizer
.PHONY: sanitize
sanitize: swift-dependencies
	POSTERN_ONLY_TESTS=PosternKernelTests ASAN_OPTIONS=detect_leaks=0 \
	  swift test $(DEBUG_FLAGS) --sanitize=address --scratch-path .build-sanitize

## format: lays out every Swift file
.PHONY: format
format:
	swift format format --in-place --recursive $(SWIFT_FOLDERS)

## lint: refuses a Swift file that `make format` would change, and what shellcheck finds in scripts
.PHONY: lint
lint:
	@tools/install-missing $(LINT_DEPENDENCIES)
	swift format lint --strict --recursive $(SWIFT_FOLDERS)
	shellcheck $(SCRIPTS)

## clean: removes what the other targets build
.PHONY: clean
clean:
	rm -rf .build .build-* dist

## help: this list
.PHONY: help
help:
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST)) | awk -F': ' '{ printf "  make %-11s %s\n", $$1, $$2 }'

# The steps of `make test` that are of no use alone. `sanitize` runs the kernel's tests, slowly enough for once.

.PHONY: test-debug
test-debug: swift-dependencies command-dependencies
	swift test $(DEBUG_FLAGS) --skip '^(AgreementTests|PosternKernelTests)\.' --skip 'IntegrationTests'

# The gate against real proxies, a real login provider and a real browser, on loopback.
.PHONY: test-service
test-service: swift-dependencies service-dependencies
	swift test $(DEBUG_FLAGS) --no-parallel --filter 'IntegrationTests'
	swift build $(DEBUG_FLAGS) --product postern
	swift build $(DEBUG_FLAGS) --product posternd
	demo/gate.sh --check

# Agreement runs on release builds: an optimizer's mistake must show too. The C library is one of the engines.
.PHONY: test-agreement
test-agreement: build-agreement
	POSTERN_ONLY_TESTS=AgreementTests POSTERN_C_DECIDER=$(CURDIR)/$(C_DECIDER) swift test --skip-build -c release -Xswiftc -enable-testing \
	  --scratch-path .build-agreement --filter '^AgreementTests\.'

.PHONY: build-agreement
build-agreement: swift-dependencies library
	gcc -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror $(LIBRARY_FLAGS) Tests/C/decide.c -o $(C_DECIDER) $(LIBRARY_LINKS)
	$(BUILD_AGREEMENT)

.PHONY: test-readme
test-readme: swift-dependencies
	swift build $(DEBUG_FLAGS) --product postern
	tools/check-readme README.md

.PHONY: test-library
test-library: swift-dependencies library
	swift build $(DEBUG_FLAGS) --product postern
	.build/debug/postern compile policies --output .build/contract.ptb
	Tests/C/run dist .build/contract.ptb

.PHONY: bench-smoke
bench-smoke: swift-dependencies bench-dependencies
	$(BUILD_AGREEMENT)
	.build-agreement/release/postern-bench --smoke --json .build-agreement/bench.json
	.build-agreement/release/postern-bench plot .build-agreement/bench.json .build-agreement/bench.svg

.PHONY: swift-dependencies
swift-dependencies:
	@tools/install-missing $(SWIFT_DEPENDENCIES)

.PHONY: command-dependencies
command-dependencies:
	@tools/install-missing $(COMMAND_DEPENDENCIES)

.PHONY: service-dependencies
service-dependencies: .build-service/installed
	@tools/install-missing $(SERVICE_DEPENDENCIES)

.build-service/installed: demo/gate/requirements.txt
	python3 -m venv .build-service
	.build-service/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

.PHONY: bench-dependencies
bench-dependencies:
	@tools/install-missing $(BENCH_DEPENDENCIES)

.PHONY: c-dependencies
c-dependencies:
	@tools/install-missing $(C_DEPENDENCIES)
