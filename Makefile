# For convenience: every target is one command that also works by hand.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
FARM := tsx test/farm/cli.ts

.PHONY: help demo test test-long chaos soak scan farm-up farm-down farm-status farm-add farm-env release

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/; s/\$$\$$/$$/g' | expand -t 16

demo: node_modules/.installed ## A farm of three clusters, both example customers deployed, one night of each, one of them by its schedule
	@tsx test/farm/demo/demo.ts

test: node_modules/.installed ## Every suite; the last line is the sum
	@tsx test/all/main.ts

test-long: node_modules/.installed ## The suites that are too long for make test; no farm may be running
	@tsx test/all/main.ts long

chaos: node_modules/.installed ## Real faults on real parts, beside two baselines; FAULTS=a,b selects, NIGHTS=k SEED=n draws at random
	@tsx test/chaos/cli.ts $(if $(FAULTS),--faults "$(FAULTS)") $(if $(NIGHTS),--nights "$(NIGHTS)") $(if $(SEED),--seed "$(SEED)")

soak: node_modules/.installed ## Scheduled nights under random faults, with an answer to each call; MINUTES=60 SEED=n
	@tsx test/soak/cli.ts $(if $(MINUTES),--minutes "$(MINUTES)") $(if $(SEED),--seed "$(SEED)") $(if $(FAULTS),--faults "$(FAULTS)")

scan: node_modules/.installed ## checkov and kube-score over every synthesized object
	@tsx test/scanners/scan.ts

farm-up: node_modules/.installed ## Start the farm: a central cluster and one per customer file
	@$(FARM) up

farm-down: node_modules/.installed ## End the farm: nothing of it keeps running
	@$(FARM) down

farm-status: node_modules/.installed ## What runs
	@$(FARM) status

farm-add: node_modules/.installed ## CUSTOMER=x: give a further customer file a cluster
	@$(FARM) add $(if $(CUSTOMER),$(CUSTOMER),$(error which customer? make farm-add CUSTOMER=name))

farm-env: node_modules/.installed ## Print what to export for kubectl and pulumi: eval "$$(make -s farm-env)"
	@$(FARM) env

release: node_modules/.installed ## REGISTRY=host/path VERSION=1.2.3: build all images twice, push, sign, write images.json, tag (docs/release.md)
	@tsx pipeline/release/cli.ts settings && folders=$$(tsx test/farm/tools/cli.ts folders crane syft cosign) && export PATH="$$folders:$$PATH" \
	  && names=$$(tsx pipeline/release/cli.ts check) && built=$$(tsx test/farm/images/cli.ts reproduce $$names) \
	  && tsx pipeline/release/cli.ts push <<< "$$built"

# Install scripts stay off: one would download a provider plugin.
node_modules/.installed: package-lock.json
	@node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null \
	  || { echo "Node 20.19 or newer is missing (Debian 12 has 18): curl -fsSL https://nodejs.org/dist/v24.21.0/node-v24.21.0-linux-x64.tar.gz | tar -C /usr/local --strip-components=1 -xz" >&2; exit 1; }
	@echo "installing npm packages" >&2
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@
