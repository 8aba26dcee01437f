# Each target is one wish. `make run` and `make test` install what is missing first.

.DEFAULT_GOAL := help
.PHONY: help run build web test test-server test-web e2e check check-server check-web check-deny api bench bench-client bench-doc faults screenshots clean

# Where `make run` listens.
PORT ?= 8080
CARGO ?= cargo
NODE := $(CURDIR)/scripts/node
NPM := $(NODE) npm --prefix web --silent run

help: ## Says what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: build ## Builds Irori and serves it with the demo city on http://localhost:8080
	scripts/run $(PORT)

build: web ## Makes target/release/irori, one binary with the web client inside
	$(CARGO) build --release --package irori

# The web client is compiled into the server, so it comes first; it is built anew only where its sources changed.
WEB_SOURCES := $(shell find web -type f \
	-not -path '*/node_modules/*' -not -path 'web/build/*' -not -path '*/.svelte-kit/*' -not -path '*/paraglide/*' \
	-not -path 'web/e2e/*' -not -path 'web/bench/*' -not -path 'web/test-results/*' -not -path 'web/playwright-report/*' -not -name '*.test.ts')

web: web/build/index.html ## Builds the web client into web/build

web/build/index.html: $(WEB_SOURCES)
	scripts/setup-build
	$(NPM) build
	@touch $@

test: test-server test-web e2e ## Runs every test, on SQLite and PostgreSQL, and in a browser

test-server: web
	scripts/setup-test
	scripts/with-postgres $(CARGO) test --workspace --no-fail-fast

test-web:
	scripts/setup-build
	$(NPM) test

e2e: web ## Runs the browser tests alone
	scripts/setup-test
	$(CARGO) build --package irori
	$(NPM) e2e

check: check-server check-web check-deny ## Checks formats, lints, types, licences, the crate graph, generated files

check-server: web
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- --deny warnings

check-web: web
	scripts/api-types --check
	$(NPM) check

check-deny:
	scripts/setup-deny
	$(CARGO) deny --log-level error check licenses bans sources

api: web ## Writes the web client's API types from the server's OpenAPI document
	scripts/api-types

bench: build ## Measures the live path, growth and the client (docs/performance.md), then runs the fault tests at length
	scripts/setup-test
	$(CARGO) build --release --package load
	scripts/bench server client faults

bench-client: build ## Measures the client in a browser alone
	scripts/setup-test
	$(CARGO) build --release --package load
	scripts/bench client

bench-doc: ## Writes what was measured last into docs/performance.md
	$(NODE) node scripts/performance/write.mjs target/bench/server.json target/bench/client.json

faults: build ## Runs the fault tests at length
	scripts/setup-test
	scripts/faults

screenshots: build ## Draws the README's pictures anew
	scripts/setup-test
	scripts/screenshots

clean: ## Removes what was built; .data stays
	$(CARGO) clean
	rm -rf web/build web/.svelte-kit web/node_modules .node
