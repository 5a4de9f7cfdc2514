# Tidelock. `make help` lists the targets.

# Go's command, and the version that the binary reports.
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# The guests that the binary embeds, of lua54 and lua51. lua51 alone needs no C toolchain.
GUESTS ?= lua54 lua51

# What `make run` serves.
CONFIG ?= examples/quickstart/haproxy.cfg

# Packages that the race detector watches (empty: none), and the platforms that have one.
RACE_PACKAGES  ?= ./host/... ./proxy/... ./cmd/...
RACE_PLATFORMS := linux/amd64 linux/arm64

# How long each fuzz target runs, and which packages have some.
FUZZTIME      ?= 30s
FUZZ_PACKAGES  = $(sort $(dir $(shell grep -rl --include='*_test.go' '^func Fuzz' abi host proxy sdk)))

# How many random requests both proxies get, and what they are made from.
RANDOM_REQUESTS ?= 500
SEED            ?= $(shell date +%s)

# LUA_TARBALL=FILE builds the guest from that Lua 5.4 instead of Debian's source package.
export LUA_TARBALL

# The cosign that signatures are compared with.
COSIGN_VERSION := v3.1.3

.DEFAULT_GOAL := build
.PHONY: build run guests guest-lua54 guest-lua51 test conformance conformance-random conformance-lua51 interop-cosign lint check fuzz soak collector-test jaeger-test bench-sandbox bench-proxy bench-telemetry bench-native coverage-manual clean distclean help

# Without cgo the binary needs no library of the system, and takes less memory. Debuggers can rebuild what -w leaves out.
build: guests ## Build bin/tidelock (the default).
	CGO_ENABLED=0 $(GO) build -buildvcs=false -trimpath -ldflags '-w -X main.version=$(VERSION)' -o bin/tidelock ./cmd/tidelock

run: build ## Install what is missing, build, and serve the quickstart.
	@cat examples/quickstart/try.txt
	bin/tidelock run -f $(CONFIG)

# The guest is embedded in the binary: every build and every test needs it. Its scripts know what has changed.
# One that was built before and is not wanted goes.
guests: $(GUESTS:%=guest-%) ## Build the Lua guests (GUESTS), when their inputs have changed.
	@rm -f $(foreach guest,$(filter-out $(GUESTS),lua54 lua51),guest/$(guest)/$(guest).wasm)

guest-lua54:
	@guest/lua54/toolchain.sh
	@guest/lua54/fetch.sh
	@guest/lua54/build.sh

guest-lua51:
	@GO=$(GO) guest/lua51/build.sh

# Under the race detector pools drop what they are given, so that allocations mean nothing there.
test: lint ## Run all tests, and then again under the race detector.
	@guest/lua54/toolchain.sh test
	$(GO) test -timeout 20m ./...
ifneq ($(and $(RACE_PACKAGES),$(filter $(RACE_PLATFORMS),$(shell $(GO) env GOOS)/$(shell $(GO) env GOARCH))),)
	CGO_ENABLED=1 CC=clang-19 $(GO) test -race -short -timeout 20m -skip '[Aa]llocations' $(RACE_PACKAGES)
endif

conformance: guests ## Compare with Debian's haproxy, case by case (make test does, too).
	@guest/lua54/toolchain.sh test
	$(GO) test -count 1 ./proxy/conformance

conformance-random: guests ## Compare with haproxy on RANDOM_REQUESTS requests, made from SEED.
	@guest/lua54/toolchain.sh test
	$(GO) test -count 1 -timeout 1h -run 'TestRandom$$' ./proxy/conformance -random $(RANDOM_REQUESTS) -seed $(SEED)

conformance-lua51: guests ## Play the cases that load scripts with their scripts in Lua 5.1: slow.
	$(GO) test -count 1 -timeout 2h -run 'TestDialect$$' ./proxy/conformance -dialect 5.1

# cosign takes minutes to build: it is kept in bin, and not part of make test.
interop-cosign: guests bin/cosign ## Compare signatures with cosign's, both ways, in registries of three kinds.
	COSIGN=$(abspath bin/cosign) $(GO) test -tags interop -count 1 -v ./sdk/bundle/registry

bin/cosign:
	GOBIN=$(abspath bin) $(GO) install github.com/sigstore/cosign/v3/cmd/cosign@$(COSIGN_VERSION)

lint: guests ## Check formatting, and vet.
	@unformatted=$$(gofmt -l .); \
	 if [ -n "$$unformatted" ]; then printf 'run gofmt on:\n%s\n' "$$unformatted" >&2; exit 1; fi
	$(GO) vet ./...

check: lint ## Check what a change must pass before its tests: lint, and that go.mod is tidy.
	$(GO) mod tidy -diff

fuzz: guests ## Run each fuzz target for FUZZTIME.
	@set -e; for package in $(FUZZ_PACKAGES); do \
	  for target in $$(grep -rho --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' $$package | cut -c 6-); do \
	    echo "$$package $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) ./$$package; \
	  done; \
	done

soak: guests ## Run the soak tests: many executions, flat memory.
	TIDELOCK_SOAK=1 $(GO) test -run Soak -count 1 -timeout 30m -v ./host/...

collector-test: guests ## Send telemetry to a real OpenTelemetry Collector, which is built first: minutes.
	GO=$(GO) benchmarks/collector/build.sh
	COLLECTOR=$(CURDIR)/benchmarks/collector/build/otelcol $(GO) test -count 1 -run Collector -v ./cmd/tidelock

jaeger-test: guests ## Send traces of two proxies to a real Jaeger, which is built first: minutes.
	GO=$(GO) benchmarks/jaeger/build.sh
	JAEGER=$(CURDIR)/benchmarks/jaeger/build/jaeger $(GO) test -count 1 -run 'Jaeger|SlowScript' -v ./cmd/tidelock

bench-sandbox: build ## Measure the sandbox, and print a table.
	@guest/lua54/toolchain.sh test bench
	$(GO) run ./benchmarks/sandbox

bench-proxy: build ## Measure the proxy beside HAProxy, and print tables.
	@guest/lua54/toolchain.sh test bench
	$(GO) run ./benchmarks/proxy

bench-telemetry: build ## Measure what telemetry costs, in its four modes beside each other.
	@guest/lua54/toolchain.sh test bench
	$(GO) run ./benchmarks/proxy -telemetry

bench-native: guests ## Measure native modules beside Lua and a C module of the native interpreter.
	@guest/lua54/toolchain.sh test
	$(GO) test -run '^$$' -bench NativeModule -benchtime 5x ./host

coverage-manual: guests ## Compare with the keyword tables of HAProxy's manual, and write docs/compatibility.md.
	$(GO) run ./cmd/coverage -write docs/compatibility.md

clean: ## Remove what the build made, but not the downloaded sources.
	rm -rf bin guest/lua54/lua54.wasm guest/lua51/lua51.wasm guest/lua54/build/objects guest/lua54/build/include

distclean: clean ## Remove the downloaded sources, too.
	rm -rf guest/lua54/build

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
