# `make help` lists the targets. Everything runs with the Node of package.json's optionalDependencies,
# so that any Node that can run npm is enough on the machine.

NODE := node_modules/.bin/node
MODULES := node_modules/.package-lock.json
BUNDLE := dist/kube-backup.cjs
EXECUTABLE := dist/kube-backup
SOURCES := $(shell find src -name '*.ts') package.json $(MODULES)

# Real servers that the demo and the tests start, built once by the Go toolchain.
DEMO_BINARIES := kube-apiserver kube-controller-manager etcd kubectl
TEST_BINARIES := $(DEMO_BINARIES) minio versitygw

# Each integration test has servers of its own: more files at once than processors only slows them down.
TEST_FLAGS := --test --test-reporter=spec --test-concurrency=2 --test-timeout=900000

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: $(EXECUTABLE) ## Build dist/kube-backup, one self-contained executable for this platform

.PHONY: demo
demo: $(EXECUTABLE) ## Lose a web shop in a throwaway cluster and bring it back
	@$(NODE) test/binaries/build.ts $(DEMO_BINARIES) > /dev/null
	@$(NODE) test/demo/demo.ts

.PHONY: test
test: check $(EXECUTABLE) ## Run all checks, and all tests with the built executable
	@$(NODE) test/binaries/build.ts $(TEST_BINARIES) > /dev/null
	$(NODE) $(TEST_FLAGS) 'test/**/*.test.ts'

.PHONY: check
check: $(MODULES) ## Check types, lint, layers and format
	node_modules/.bin/tsc -p tsconfig.json
	node_modules/.bin/biome check .

.PHONY: format
format: $(MODULES) ## Format, and fix what lint can fix by itself
	node_modules/.bin/biome check --write .

.PHONY: unit
unit: $(MODULES) ## Run the unit tests alone: seconds, and no servers
	$(NODE) $(TEST_FLAGS) 'test/unit/**/*.test.ts'

.PHONY: clean
clean: ## Remove what was built, but for the tests' servers in ~/.cache/kube-backup
	rm -rf dist

$(BUNDLE): $(SOURCES) build/bundle.ts
	$(NODE) build/bundle.ts

$(EXECUTABLE): $(BUNDLE) build/package.ts
	$(NODE) build/package.ts

# npm writes this file at the end of an installation. No package needs its install script.
$(MODULES): package-lock.json
	npm ci --ignore-scripts
	@touch $@
