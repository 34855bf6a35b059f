# `make help` lists the targets. Everything runs with the Node of package.json's optionalDependencies,
# so that any Node that can run npm is enough on the machine.

NODE := node_modules/.bin/node
MODULES := node_modules/.package-lock.json
BUNDLE := dist/bundle/main.cjs
EXECUTABLE := dist/kube-backup
PREFIX := /usr/local
SOURCES := $(shell find src -name '*.ts') package.json $(MODULES)

# Real servers that the demo and the tests start, built once by the Go toolchain.
DEMO_BINARIES := kube-apiserver kube-controller-manager etcd kubectl
TEST_BINARIES := $(DEMO_BINARIES) kubelet kube-scheduler kube-proxy minio versitygw sealed-secrets argo-rollouts age age-keygen helm krew

# The oldest Kubernetes that is supported: archives go there and back.
OLDEST_KUBERNETES := 1.34
OLDEST_BINARIES := kube-apiserver kube-controller-manager

# What a release holds is tested where one is made: make release release-test.
TESTS := $(filter-out test/program/release/%,$(sort $(shell find test -name '*.test.ts')))

# For parts of the suite; test/run.ts says how the whole of it is run.
TEST_FLAGS := --test --test-reporter=spec --test-concurrency=2 --test-timeout=900000

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: $(EXECUTABLE) ## Build dist/kube-backup, one self-contained executable for this platform

.PHONY: install
install: $(EXECUTABLE) ## Install it: PREFIX is /usr/local, DESTDIR a root of its own
	install -D -m 755 $(EXECUTABLE) $(DESTDIR)$(PREFIX)/bin/kube-backup

.PHONY: release
release: $(MODULES) ## Make dist/release: executables of all platforms, SBOM, NOTICE, checksums (on Linux x64)
	$(NODE) build/release.ts

.PHONY: release-test
release-test: $(MODULES) ## Check the files in dist/release
	RELEASE=1 $(NODE) $(TEST_FLAGS) 'test/program/release/*.test.ts'

.PHONY: release-nodes
release-nodes: $(MODULES) ## Compare the pinned Nodes with those that nodejs.org has signed (online)
	$(NODE) build/published-nodes.ts

.PHONY: lint-workflows
lint-workflows: $(MODULES) ## Check the workflows of continuous integration
	"$$($(NODE) test/support/binaries/build.ts actionlint)"

# What goes into the image; that of another platform must be there already.
IMAGE_EXECUTABLE ?= $(EXECUTABLE)

.PHONY: image
image: $(IMAGE_EXECUTABLE) ## Build the image; build/image.sh tells what IMAGE, BASE_IMAGE and others may say
	@IMAGE='$(IMAGE)' BASE_IMAGE='$(BASE_IMAGE)' EXECUTABLE='$(IMAGE_EXECUTABLE)' PLATFORM='$(PLATFORM)' \
	  IMAGE_BUILDER='$(IMAGE_BUILDER)' build/image.sh

.PHONY: demo
demo: $(EXECUTABLE) ## Lose a web shop in a throwaway cluster and bring it back
	@$(NODE) test/support/binaries/build.ts $(DEMO_BINARIES) > /dev/null
	@$(NODE) test/support/demo/demo.ts

.PHONY: test
test: check lint-workflows $(EXECUTABLE) ## Run all checks, and all tests with the built executable
	@$(NODE) test/support/binaries/build.ts $(TEST_BINARIES) > /dev/null
	@KUBERNETES_VERSION=$(OLDEST_KUBERNETES) $(NODE) test/support/binaries/build.ts $(OLDEST_BINARIES) > /dev/null
	@$(NODE) test/run.ts $(TESTS)

# The tests that run few rounds, or small ones, unless SIZE says otherwise.
SOAKS := $(shell grep -rl --include='*.test.ts' 'env\["SIZE"\]' test)

.PHONY: soak
soak: $(EXECUTABLE) ## Run the long tests in full, for hours; one of them: make soak SOAKS=FILE
	@$(NODE) test/support/binaries/build.ts $(TEST_BINARIES) > /dev/null
	@SIZE=full $(NODE) --test --test-reporter=spec --test-concurrency=1 $(SOAKS)

.PHONY: bench
bench: $(EXECUTABLE) ## Measure it against kubectl, Velero and the raw limits: make bench BENCH=small|large|wide|helm|idle|all
	@BENCH='$(BENCH)' SIZE='$(SIZE)' ROUNDS='$(ROUNDS)' SEED='$(SEED)' IDLE_BACKUPS='$(IDLE_BACKUPS)' \
	  VELERO='$(VELERO)' VELERO_PLUGINS='$(VELERO_PLUGINS)' $(NODE) bench/main.ts

.PHONY: bench-pair
bench-pair: $(EXECUTABLE) ## Compare two executables, in turns: make bench-pair BEFORE=FILE AFTER=FILE
	@BEFORE='$(BEFORE)' AFTER='$(or $(AFTER),$(EXECUTABLE))' WORK='$(or $(WORK),backup restore)' \
	  SIZE='$(SIZE)' ROUNDS='$(ROUNDS)' SEED='$(SEED)' $(NODE) bench/pair.ts

.PHONY: bench-moment
bench-moment: $(EXECUTABLE) ## What the newest moment of the change log costs more to restore than its backup (CHANGES=2000)
	@SIZE='$(SIZE)' ROUNDS='$(ROUNDS)' SEED='$(SEED)' CHANGES='$(CHANGES)' $(NODE) bench/moment.ts

.PHONY: e2e
e2e: $(MODULES) ## Play the end-to-end story in a cluster of yours: make e2e CONTEXT=… IMAGE=…
	@$(NODE) test/node/story/e2e.ts --context='$(CONTEXT)' --image='$(IMAGE)'

.PHONY: check
check: $(MODULES) ## Check types, lint, format, what nothing uses, lock files, secrets in the tree, advisories
	node_modules/.bin/tsc -p tsconfig.json
	node_modules/.bin/tsc -p src/pages/browser/tsconfig.json
	node_modules/.bin/biome check .
	$(NODE) node_modules/.bin/knip --no-progress --treat-config-hints-as-errors
	$(NODE) build/supply-line.ts

.PHONY: format
format: $(MODULES) ## Format, and fix what lint can fix by itself
	node_modules/.bin/biome check --write .

.PHONY: unit
unit: $(MODULES) ## Run the unit tests alone: seconds, and no servers
	$(NODE) $(TEST_FLAGS) 'test/unit/**/*.test.ts'

.PHONY: clean
clean: ## Remove what was built, but for the tests' servers in ~/.cache/kube-backup
	rm -rf dist

$(BUNDLE): $(SOURCES) build/bundle.ts build/page-scripts.ts build/text-width.ts
	$(NODE) build/bundle.ts

$(EXECUTABLE): $(BUNDLE) build/package.ts build/runtime-flags.ts build/start.ts build/start-parts.ts build/part-loader.ts build/code-cache.ts
	$(NODE) build/package.ts

# npm writes this file at the end of an installation. No package needs its install script.
$(MODULES): package-lock.json
	npm ci --ignore-scripts
	@touch $@
