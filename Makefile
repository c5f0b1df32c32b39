# SPDX-License-Identifier: GPL-3.0-or-later
# Every target sets up what it needs by itself, in .venv/ and .cache/. `make help` lists them.
# ARGS goes to the tool behind a target: make unit ARGS='-k claims -x'; make lint ARGS=ruff; make sanity ARGS=pylint
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:

RUN := bash tests/tools/run.sh
SUITE := $(RUN) bash tests/tools/suite.sh
ARGS ?=

##@ Every day
.PHONY: unit
unit: ## unit and contract tests, seconds, no containers
	@$(SUITE) unit tests/unit tests/contract -- $(ARGS)

.PHONY: lint
lint: ## ansible-lint, yamllint, ruff, mypy, docs, changelog, shellcheck and the project's own rules
	@$(RUN) python tests/tools/lint.py $(ARGS)

.PHONY: sanity
sanity: ## ansible-test sanity, all of it
	@$(RUN) python tests/tools/run_sanity.py $(ARGS)

.PHONY: e2e
e2e: ## real ansible-playbook runs against the simulator
	@$(SUITE) e2e tests/e2e -- --dist loadfile $(ARGS)

##@ Housekeeping
.PHONY: clean
clean: ## remove everything that make has made
	@rm -rf .venv .cache .ansible tests/node_modules tests/output
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
