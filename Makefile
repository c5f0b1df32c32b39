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
# Workers of a suite whose tests wait for processes and networks half of the time.
WAITING := $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))

##@ Every day
.PHONY: unit
unit: ## unit and contract tests, seconds, no containers
	@$(SUITE) unit tests/unit tests/contract -- -m 'not slow and not campaign' $(ARGS)

.PHONY: slow
slow: ## the unit and contract tests that take seconds each, and the short form of `make reliability`
	@$(SUITE) slow tests/unit tests/contract tests/reliability -- -m 'slow and not campaign' $(ARGS)

.PHONY: lint
lint: ## ansible-lint, yamllint, ruff, mypy, docs, changelog, shellcheck and the project's own rules
	@$(RUN) python tests/tools/lint.py $(ARGS)

.PHONY: format
format: ## let ruff lay out and sort the Python files (ARGS=plugins/modules for a part of them)
	@$(RUN) ruff check --quiet --fix-only $(or $(ARGS),.)
	@$(RUN) ruff format $(or $(ARGS),.)

.PHONY: sanity
sanity: ## ansible-test sanity, all of it
	@$(RUN) python tests/tools/run_sanity.py $(ARGS)

.PHONY: e2e
e2e: ## real ansible-playbook runs against the simulator
	@$(SUITE) e2e tests/e2e -- --dist loadfile -n $(WAITING) -m 'not campaign' $(ARGS)

.PHONY: interop
interop: ## against third-party programs: an authorization server, openssl, jose
	@bash tests/tools/node.sh
	@$(RUN) python tests/tools/community.py awx.awx
	@$(SUITE) interop tests/interop -- --dist loadfile -n $(WAITING) -m 'not campaign' $(ARGS)

.PHONY: test
test: ## everything: lint, unit, slow, sanity, build, docs, e2e, interop
	@$(RUN) bash tests/tools/all.sh lint unit slow 'sanity build docs' e2e interop

##@ To look at
.PHONY: demo
demo: ## onboard accounts at the embedded simulator, end to end
	@$(RUN) bash examples/demo/run.sh .cache/demo

.PHONY: docs
docs: ## the guides and the reference as a web site, in .cache/site
	@$(RUN) bash tests/tools/docs.sh

##@ Before a release
.PHONY: build
build: ## the collection's tarball, installed offline and checked by Galaxy's importer
	@$(RUN) python tests/tools/build.py

.PHONY: release
release: ## a release in .cache/release: version, changelog, archive, checks, signature (ARGS='1.0.0 --dry-run', or '1.0.0 --key KEY')
	@$(RUN) python tests/tools/release.py $(ARGS)

.PHONY: bench
bench: ## what an account costs, compared with the stock chain and with bare Ansible tasks; an hour and a half (ARGS='--sizes 20 --rounds 3' is five minutes)
	@bash tests/tools/bench.sh $(ARGS)

.PHONY: reliability
reliability: ## runs that are killed, networks and disks that fail, wrong clocks, a million inputs; under an hour, writes docs/reliability.md (ARGS='--seed 7'; ARGS='-k crash' tries a part)
	@$(RUN) env PYTHONPATH=.cache/tree python -m ansible_collections.m2m.netsuite.tests.reliability.campaign $(ARGS)

.PHONY: long
long: ## the long forms of tests (a hundred accounts on two workers, every playbook from the archive), half an hour
	@bash tests/tools/node.sh
	@$(SUITE) long tests/unit tests/contract tests/e2e tests/interop -- -n $(WAITING) -m campaign $(ARGS)

.PHONY: coverage
coverage: ## one report over unit and end-to-end tests, modules and plugins in Ansible's processes too
	@$(RUN) bash tests/tools/coverage.sh $(ARGS)

.PHONY: matrix
matrix: ## the tests on each supported ansible-core and Python, oldest and newest libraries, from the archive (ARGS='2.17 2.21' chooses)
	@$(RUN) python tests/tools/matrix.py $(ARGS)

.PHONY: pins
pins: ## resolve tests/locks again (ARGS=--upgrade takes the newest releases)
	@$(RUN) python tests/tools/pin.py $(ARGS)

##@ Housekeeping
.PHONY: clean
clean: ## remove everything that make has made
	@rm -rf .venv .cache .ansible tests/node_modules tests/output
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile
