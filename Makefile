# Two commands do everything on a fresh machine: make repro, make test. They need Python ≥ 3.11, git and make.
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: repro train test test-real check docs clean

# check first: what is wrong with the head of params.yaml, dvc says less clearly.
repro: .venv/installed
	python -m stages.check
	dvc repro
	facepoints summary

# The cells that params.yaml selects, JOBS of them at a time; make repro goes on from there.
JOBS ?= 1
train: .venv/installed
	python -m stages.check
	facepoints train --jobs $(JOBS)

# Two processes, of one thread each: with two each they would wait for one another.
test: .venv/installed .venv/onnxruntime-web.tgz
	OMP_NUM_THREADS=1 python -m pytest -n 2 --dist worksteal

# What needs minutes, or the real faces that FACEPOINTS_DATA names.
test-real: .venv/peers
	OMP_NUM_THREADS=1 python -m pytest -m "real or slow" -n 2 --dist worksteal

check: .venv/installed
	ruff check .
	ruff format --check .
	mypy

# The pages of docs/ as a site that needs no network: site/index.html. Without the hint at mkdocs' successors.
docs: .venv/installed
	NO_MKDOCS_2_WARNING=1 mkdocs build --strict

# What stages and tools wrote here; not the files of one's own in sources, nor DVC's cache.
WRITTEN = $(wildcard $(addprefix data/,checked.txt raw cache sheets splits predictions) models results plots report dvc_plots site page .scratch)
clean:
	@if [ -z "$(WRITTEN)" ]; then echo 'There is nothing to delete.'; exit; fi; \
	du -shc $(WRITTEN); \
	echo 'Delete these? `dvc checkout` brings back what finished stages wrote, but not the checkpoints in .scratch. [y/N]'; \
	read answer; \
	if [ "$$answer" = y ]; then rm -rf $(WRITTEN); else echo 'Nothing was deleted.'; fi

.venv/installed: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "facepoints needs Python 3.11 or newer")'
	test -x .venv/bin/pip || $(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet -r requirements.txt
	.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

# For the tests of the web page, which are skipped without it; under CI=true they fail.
.venv/onnxruntime-web.tgz: src/facepoints/web/runtime.py .venv/installed
	@package=$$(sed -n 's/^PACKAGE = "\(.*\)"/\1/p' $<); \
	echo "npm pack $$package"; \
	if npm pack --silent --ignore-scripts --pack-destination .venv "$$package" >/dev/null; \
	then mv .venv/onnxruntime-web-*.tgz $@; \
	else echo 'WARNING: npm did not fetch it (install npm, then make test): the web page will not be tested.'; fi

# For the comparison with dlib.
.venv/peers: requirements-peers.txt .venv/installed
	.venv/bin/python -m pip install --quiet -r requirements-peers.txt
	touch $@
