# make report, make test, make lint, make types, make lab: each sets up .venv first if it is missing or older than the lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: report test lint types lab lock clean

# make report RECOMPUTE=1 makes all ensembles that are read anew first, as their manifests say: hours on two cores. With
# MEMBERS=2 it is two members of each, and minutes. Members that are there and were made by this very code are kept: an
# interrupted run goes on.
RECOMPUTED := data/glasses/recomputed
ENSEMBLES := $(patsubst data/glasses/%.json,$(RECOMPUTED)/%.npz,$(wildcard data/glasses/*.json))
report: $(READY) docs $(if $(RECOMPUTE),$(ENSEMBLES))  ## run every notebook, write reports/index.html
	$(BIN)/softmodes report $(if $(RECOMPUTE),--set ensemble=recomputed) $(ARGS)

.PHONY: anew
anew:
$(RECOMPUTED)/%.npz: data/glasses/%.json $(READY) anew
	$(BIN)/$$(sed -n 's/^ *"command": "\(.*\) --output .*/\1/p' $<) $(if $(MEMBERS),--count $(MEMBERS)) --redo --output $(RECOMPUTED)/$* --pack $@

# Tests that were read once are read faster again, if python may keep what it made of them. A file is for one process:
# what its tests share, such as a report, is made once.
.PHONY: coverage
coverage: MEASURED := --cov --cov-report term --cov-report html
coverage:  ## the test suite, and which lines and branches of the package it does not reach, also in htmlcov/index.html
test:  ## the whole test suite
test coverage: $(READY) browser
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(MEASURED) $(ARGS)

# The reference and how-to pages, anew when a page, a docstring or the environment has changed; a report beside it links to it.
REFERENCE := reports/api/objects.inv
.PHONY: docs
docs: $(REFERENCE)  ## build the reference into reports/api
$(REFERENCE): $(READY) $(shell find docs softmodes -type f -not -path '*/__pycache__/*')
	$(BIN)/sphinx-build --quiet --fail-on-warning --fresh-env --doctree-dir $(VENV)/doctrees docs $(@D)

lint: $(READY)  ## what the formatter and the linter would change or complain about
	$(BIN)/ruff format --check --diff .
	$(BIN)/ruff check .

types: $(READY)  ## what mypy finds in the package, in its strict mode
	$(BIN)/mypy

lab: $(READY)  ## open JupyterLab on copies of the notebooks, in softmodes-notebooks
	$(BIN)/softmodes lab softmodes-notebooks -- $(ARGS)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "softmodes needs Python 3.11 or later, this is " + sys.version.split()[0] + "; set PYTHON=/path/to/newer/python")'
	@echo 'Setting up $(VENV) from requirements.txt, which takes some minutes in which nothing is said.'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# The browser tests drive whatever Chromium is there and starts. On Debian root gets the one without a screen from apt,
# which starts no services (the whole one needs a desktop's, and is for where there is no other); everybody else gets
# Playwright's.
HAS_BROWSER := $(BIN)/softmodes doctor browser | grep -q '^browser *fine'
APT := DEBIAN_FRONTEND=noninteractive apt-get -qq --no-install-recommends
.PHONY: browser
browser: $(READY)
	@if $(HAS_BROWSER); then exit; fi; \
	 echo 'No Chromium that starts is here: fetching one for the browser tests.'; \
	 if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  { apt-get -qq update; $(APT) install -y chromium-headless-shell || $(APT) install -y chromium; } >/dev/null 2>&1; \
	  if $(HAS_BROWSER); then exit; fi; \
	 fi; \
	 $(BIN)/playwright install chromium >/dev/null 2>&1; \
	 if $(HAS_BROWSER); then exit; fi; \
	 echo 'The browser tests need a Chromium that starts: install chromium, chromium-headless-shell or google-chrome.' >&2; \
	 exit 1

lock:  ## resolve pyproject.toml again into requirements.txt (needs uv)
	@printf 'hatchling\neditables\n' > .build-requirements.in
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
	  --all-extras --no-strip-extras --upgrade --custom-compile-command 'make lock' pyproject.toml .build-requirements.in -o requirements.txt
	@rm .build-requirements.in

# A report knows its own pages; what else lies beside them stays.
clean:  ## remove .venv and the report
	rm -rf $(VENV)
	$(PYTHON) -I softmodes/report/folder.py reports

.PHONY: newest metadata picture dist
newest:  ## .venv with the newest of all that pyproject.toml allows, not what the lock says; for `make report`, `make test`
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --no-cache-dir --upgrade hatchling editables
	$(BIN)/python -m pip install --quiet --no-cache-dir --upgrade --no-build-isolation --editable '.[ase,cluster,docs,teach,test]'
	$(BIN)/python -m pip freeze --exclude-editable
	@touch $(READY)

metadata: $(READY)  ## write CITATION.cff, codemeta.json, .zenodo.json, ro-crate-metadata.json, README's summary, the map
	$(BIN)/python .ci/metadata.py

picture: $(READY) browser report  ## make the moving picture of README anew
	$(BIN)/python .ci/picture.py

# Times in the packages are those of the commit.
DIST := dist
dist: $(READY) report  ## wheel, sdist, report and classroom to take along, and their checksums
	rm -rf $(DIST)
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/hatchling build --directory $(DIST)
	$(BIN)/softmodes classroom $(DIST)/class $(if $(LESSONS),--lessons $(LESSONS))
	name=$$(basename $(DIST)/*.whl | cut -d - -f 1,2) && \
	 $(BIN)/python -m zipfile -c $(DIST)/$$name-report.zip reports && \
	 mv $(DIST)/class/classroom.zip $(DIST)/$$name-classroom.zip && rm -r $(DIST)/class
	cd $(DIST) && sha256sum -- * > ../SHA256SUMS && mv ../SHA256SUMS .
