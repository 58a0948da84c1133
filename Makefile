# What one does with a clone. Needs python3 (3.11 or newer) and make; brings the rest.
PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
PROMISES := $(addprefix tests/test_,docs.py house.py migrations.py promises.py reference.py tables.py translations.py)
TEMPLATES = $(shell find src -name '*.html' -not -path '*/vendor/*')

export CLIENTELA_HOME ?= $(CURDIR)/.home
export DJANGO_SETTINGS_MODULE := clientela.settings

help: ## say what there is
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 18

install: ## build .venv, the front-end files and the translations
	@$(PYTHON) tools/install.py

run: install ## start everything with the demo company, data in .home/
	@exec $(BIN)/clientela serve --demo

test: tools ## run the tests (make test ARGS="-k points")
	@$(PYTEST) -n $(JOBS) --dist worksteal $(addprefix --ignore=,$(PROMISES)) $(ARGS)

check: tools ## run every check of the text: style, types, storeys, promises, documents, migrations
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports
	$(BIN)/mypy
	@echo $(BIN)/djade; $(BIN)/djade --target-version 5.2 --check $(TEMPLATES)
	$(BIN)/codespell
	$(PYTEST) -q -p no:randomly $(PROMISES)

look: tools ## take pictures of the console's pages, into build/pictures/
	@$(PYTEST) -q -n $(JOBS) tests/browser --pictures=build/pictures

fix: tools ## put code and templates into the one style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	-@$(BIN)/djade --target-version 5.2 $(TEMPLATES)

demo: install ## load the demo company into .home/
	@$(BIN)/clientela demo

bench: install ## measure (make bench NAME=profile)
	@$(BIN)/clientela bench $(NAME)

drill: tools ## run the long tests; break things on purpose (make drill NAME=kill)
	@$(if $(NAME),$(BIN)/clientela drill $(NAME),$(PYTEST) -n $(JOBS) --dist worksteal --long $(ARGS))

migration: tools ## write a migration (make migration APP=loyalty NAME=tiers)
	@$(BIN)/python -m django makemigrations $(APP) $(if $(NAME),--name $(NAME))

messages: tools ## collect the strings to translate
	@$(BIN)/python tools/messages.py update
	@$(BIN)/python tools/messages.py compile

docs: tools ## test the documents: links, commands, capabilities
	@$(PYTEST) -q tests/test_docs.py

wheel: tools ## build the package into dist/
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean: ## remove what was built; .home/ with its data stays
	@rm -rf .venv build dist .home-tests src/clientela/static src/clientela/ui/static/vendor node_modules
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

tools:
	@$(PYTHON) tools/install.py --dev

.PHONY: help install run test check look fix demo bench drill migration messages docs wheel clean tools
.DEFAULT_GOAL := help
