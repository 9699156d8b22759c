# Every target sets up what it needs: a virtual environment in .venv, and the extension module,
# which is built again only when something it is made of has changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
GO_FILES := $(shell find backproj -name '*.go' -o -name '*.s')

# The sdist is of all of these.
TRACKED := $(shell git ls-files 2>/dev/null)

# BUILT=yes takes dist/ as it is, such as one that was built elsewhere.
DIST := $(if $(BUILT),,dist/.built)

# Tests of the Go library that take minutes in an emulated CPU or under a sanitizer, or that compile.
EXHAUSTIVE := EveryColour|NoColour|Fused|Assembly

# Those that tell in a minute whether the library computes the same in an emulated 32-bit CPU.
BRIEF := Example|Layout|Moments|Otsu|WriteNothing|OfAnyLength|BackProjectModel

# Once a tree has been built with the opencv engine, every target builds it with that engine again. Otherwise
# a module of the old Go code would stay beside the new one.
MODULES := $(or $(wildcard $(VENV)/built-opencv),$(VENV)/built)

# What the benchmark compares with, besides the cv2 in the virtual environment.
OTHER_CV2 := build/cv2/4.14 build/cv2/5.0

# What the opencv engine is built with, where OpenCV is.
OPENCV_TAGS := opencv gocv_specific_modules matprofile
HAS_OPENCV := pkg-config --exists opencv4 2>/dev/null

# A new release of a linter must not fail an unchanged tree: tools are pinned here, in go.mod and in pyproject.toml.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

.DELETE_ON_ERROR:
.PHONY: help run pictures test test-quick test-all notebooks test-notebook lint soak fuzz sanitize audit bench mca docs wheel check-wheel compare-wheel \
	test-wheel test-arm64 arm64-parity arm64-library arm64-verify test-windows release clean

help: ## Print this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

run: $(MODULES) ## Back-project a photograph and track a blob in a film, and say which files that wrote
	@mkdir -p out
	$(BIN)/backproj image examples/astronaut.jpg --box 120,300,60,60 -o out/prob.png --overlay out/overlay.png \
		--cut-out out/cut_out.png
	$(BIN)/python examples/sample_video.py -n 150 out/blob.mp4
	$(BIN)/backproj video out/blob.mp4 --box 216,206,81,101 --preset camshift --track camshift --overlay \
		--boxes out/boxes.csv -o out/tracked.mp4
	$(BIN)/backproj video out/blob.mp4 --box 216,206,81,101 --preset camshift --track camshift --cut-out \
		-o out/blob_cut_out.mp4

pictures: run $(VENV)/group-test ## Draw the pictures of the gallery and of the front page again
	$(BIN)/python docs/site/draw_film.py out/blob.mp4 out/tracked.mp4 out/blob_cut_out.mp4 docs/tracked.webp
	$(BIN)/python docs/site/draw_gallery.py

# Several processes share the Python tests by files, as the tests of a file may share what takes long to set up.
PYTEST := $(BIN)/python -m pytest -q
PARALLEL := -n logical --maxprocesses 4 --dist loadfile

test: $(VENV)/built-opencv $(VENV)/group-test ## Run the tests of Go and of Python, with OpenCV as a judge of every colour
	go test ./...
	@if $(HAS_OPENCV); then set -x; go test -tags "$(OPENCV_TAGS)" ./backproj/opencv/...; fi
	$(PYTEST) $(PARALLEL) -m "not slow"

test-quick: $(MODULES) $(VENV)/group-test ## Run the quick tests alone, in half a minute: for while you edit
	go test -short -skip '$(EXHAUSTIVE)' ./...
	$(PYTEST) $(PARALLEL) -m "not slow and not exhaustive"

test-all: test $(OTHER_CV2) ## Run all tests: also those that build packages, start other CPythons, run notebooks, or time
	@# A 64-bit x86 CPU runs 32-bit programs too.
	@if [ "$$(go env GOHOSTOS GOHOSTARCH | tr '\n' ' ')" = "linux amd64 " ]; then \
		set -x; GOARCH=386 CGO_ENABLED=0 go test -short -skip '$(EXHAUSTIVE)' ./backproj/...; \
	fi
	@scripts/cpython-3.14 $(abspath build/cpython-3.14)
	$(PYTEST) -m slow

# The one to drag in shows nothing without a browser.
NOTEBOOKS := $(filter-out drag_a_box.ipynb,$(notdir $(wildcard examples/*.ipynb)))

notebooks: $(MODULES) $(VENV)/group-test ## Run the notebooks of examples/ again, and keep in them what they show
	cd examples && $(abspath $(BIN))/jupyter execute --inplace $(NOTEBOOKS)

test-notebook: $(MODULES) $(VENV)/group-notebook ## Try the widget in JupyterLab, in a browser; keep pictures of it in out/
	@scripts/install-packages browser
	@mkdir -p out
	$(PYTEST) -p no:cacheprovider tests/browser

lint: $(VENV)/built-opencv $(VENV)/group-lint $(VENV)/group-test ## Check the form of all code
	test -z "$$(gofmt -l . | tee /dev/stderr)"
	GOARCH=amd64 go vet ./...
	go vet -C backproj/_asm ./...
	GOARCH=arm64 CGO_ENABLED=0 go vet ./...
	GOARCH=386 CGO_ENABLED=0 go vet ./backproj/...
	GOARCH=arm CGO_ENABLED=0 go vet ./backproj/...
	GOOS=windows CGO_ENABLED=0 go vet ./backproj/...
	GOOS=darwin CGO_ENABLED=0 go vet ./backproj/...
	@if $(HAS_OPENCV); then set -x; go vet -tags "$(OPENCV_TAGS)" ./...; fi
	go run $(STATICCHECK) ./...
	go run $(ACTIONLINT) -shellcheck= -pyflakes=
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	for system in linux darwin win32; do $(BIN)/mypy --platform $$system || exit; done

audit: $(VENV)/group-audit ## Look for known vulnerabilities in what is linked, installed, and used to build
	$(BIN)/python scripts/audit.py

soak: $(VENV)/built-opencv $(VENV)/group-test ## Try for long what must never fail: forks, signals; print figures
	$(PYTEST) -s soak

# Folder:target:executions. By time, Go 1.26 fails now and then as the time is over (golang/go#75804).
FUZZED := .:FuzzBackProject:2000000 .:FuzzImageGeometry:1400000 .:FuzzParity:120000 .:FuzzChannels:300000 .:FuzzShift:1000000 .:FuzzDiscSum:500000 \
	internal/foreign:FuzzMemory:2000000 internal/foreign:FuzzImage:1500000

fuzz: ## Fuzz the Go library, about a minute for each target
	for fuzzed in $(FUZZED); do \
		(IFS=:; set -- $$fuzzed; go test "./backproj/$$1" -run '^$$' -fuzz "^$$2\$$" -fuzztime "$${3}x" \
			-fuzzminimizetime 100x) || exit; \
	done

# The module under AddressSanitizer, which Go's compiler works with. It sees what Go code does, not what
# kernels in assembly do, so these are off; and it has a word in all allocations of Python.
SANITIZED := LD_PRELOAD="$$($(CC) -print-file-name=libasan.so)" ASAN_OPTIONS=detect_leaks=0 \
	PYTHONMALLOC=malloc PYTHONPATH=build/sanitized GODEBUG=cpu.all=off $(BIN)/python

sanitize: $(VENV)/built-opencv $(VENV)/group-test ## Run tests with Go's race detector, with checked pointers, and under AddressSanitizer
	@scripts/install-packages sanitize
	go test -race -short -skip '$(EXHAUSTIVE)' ./backproj/...
	go test -gcflags=all=-d=checkptr -short -skip '$(EXHAUSTIVE)' ./backproj/...
	GOFLAGS=-asan ASAN_OPTIONS=detect_leaks=0 $(BIN)/pip install -q --no-deps --upgrade --target build/sanitized .
	$(SANITIZED) tests/programs/out_of_bounds_read.py 2>&1 | grep 'AddressSanitizer: heap-buffer-overflow'
	$(SANITIZED) -m pytest -q -p no:cacheprovider $(addprefix tests/,$(addsuffix .py,\
		$(addprefix inputs/test_,random_arrays owners views batches) \
		$(addprefix histograms/test_,from_values sums_and_ratios equality_and_copies) \
		tracking/test_locate reliability/test_concurrency))

bench: $(VENV)/built-opencv $(VENV)/group-bench $(OTHER_CV2) ## Time all cases, against cv2 and others; BENCH=--help says how to time a part
	$(BIN)/python benchmarks/bench.py $(BENCH)

mca: $(VENV)/created ## Print how many cycles a pixel the loops for arm64 take, by llvm-mca's models of CPUs
	@scripts/install-packages mca
	$(BIN)/python benchmarks/mca.py

docs: $(MODULES) $(VENV)/group-docs ## Build the site of all pages, with the APIs of Python and Go, into build/site
	$(BIN)/python docs/site/assemble.py build/pages
	rm -rf build/site
	$(BIN)/sphinx-build -q -E -W --keep-going -d build/doctrees -c docs/site build/pages build/site
	$(BIN)/python docs/site/check.py build/site

wheel: dist/.built ## Build the sdist, and from it the wheels for all systems, into dist/

check-wheel: $(DIST) $(MODULES) $(VENV)/group-release $(VENV)/group-test ## Check tags, sizes, licences and metadata of dist/
	$(BIN)/twine check --strict dist/backproj-*
	$(BIN)/abi3audit --strict --summary dist/backproj-*.whl
	$(BIN)/check-wheel-contents dist/backproj-*.whl
	$(PYTEST) $(addprefix tests/release/test_,contents.py macos.py sbom.py)

compare-wheel: $(DIST) ## Build dist/ again, in another folder, and compare all bytes
	@$(MAKE) --no-print-directory $(VENV)/group-release
	scripts/compare-wheels $(abspath $(BIN))/python

test-wheel: $(DIST) $(MODULES) $(VENV)/group-test ## Install the wheel on every CPython here, with the oldest and newest numpy
	@scripts/cpython-3.14 $(abspath build/cpython-3.14)
	$(PYTEST) tests/release/test_pythons.py

test-arm64: $(DIST) ## Test the arm64 wheel and the Go library in an emulated CPU, and the library on 32-bit ones
	@scripts/install-packages arm64
	scripts/arm64-userland $(abspath build/arm64) dist/backproj-*_aarch64.whl \
		click hypothesis 'numpy>=2' 'opencv-python-headless>=4.13,<4.14' pytest scikit-image
	@$(MAKE) --no-print-directory -j2 --output-sync=line arm64-parity arm64-library arm64-verify

# Channels of layouts that the NEON kernel looks up in registers, and of those that it looks up in large tables.
NOT_OF_TWO := Hue|Gray|HueSaturationValue|YCrCb|Lab|BlueGreenRed

# Two of these run at a time, as each takes minutes.
arm64-parity:
	build/arm64/python -m pytest -q -p no:cacheprovider tests/release/test_sample.py \
		$(addprefix tests/exactness/test_,$(addsuffix .py,cv2_builds parity in_range colour_spaces))

# An emulated CPU that others need too may take longer than the ten minutes that Go gives tests. qemu does not
# tell where a truncated file was read.
EMULATED := CGO_ENABLED=0 go test -short -timeout 1h

arm64-library:
	GOARCH=arm64 $(EMULATED) -exec qemu-aarch64-static -skip '$(EXHAUSTIVE)|TruncatedFile' ./backproj ./backproj/internal/...
	GOARCH=arm64 $(EMULATED) -exec qemu-aarch64-static \
		-run 'EveryColour/^[a-z]|EveryColour/Channels:($(NOT_OF_TWO))_/neon' ./backproj
	GOARCH=arm $(EMULATED) -exec qemu-arm-static -run '$(BRIEF)' ./backproj
	GOARCH=arm $(EMULATED) -exec qemu-arm-static -skip TruncatedFile ./backproj/internal/...

arm64-verify:
	build/arm64/python -m backproj verify

# CPython for Windows as Maven's org.bytedeco:cpython has it. The first one runs all tests, the others a sample.
WINDOWS := $(abspath build/windows)
WINDOWS_PYTHON := 3.13.5-1.5.12
WINDOWS_SAMPLE := 3.10.8-1.5.8 3.12.1-1.5.10 3.14.3-1.5.13

# pip for Linux does not see what packages need on Windows alone, or on old Pythons.
ON_WINDOWS := numpy 'opencv-python-headless>=4.13,<4.14' pytest colorama exceptiongroup tomli
WINDOWS_TESTS := -m pytest -q -p no:cacheprovider -rf --override-ini addopts="--strict-markers --import-mode=importlib"
WINDOWS_SAMPLES := $(addprefix tests/,release/test_sample.py reliability/test_systems.py reliability/test_concurrency.py)

test-windows: $(DIST) ## Test the Windows wheel on CPython 3.10 to 3.14, and the Go library, under Wine: 20 minutes
	@scripts/install-packages wine
	scripts/wine/prefix $(WINDOWS)
	GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go test -short -skip '$(EXHAUSTIVE)' -exec $(WINDOWS)/run \
		./backproj ./backproj/internal/...
	for full in $(WINDOWS_SAMPLE); do \
		version=$$(echo $$full | cut -d. -f1-2) && \
		PYTHON=$(BIN)/python scripts/wine/python $(WINDOWS) $$full dist/backproj-*-win_amd64.whl $(ON_WINDOWS) && \
		build/windows/python-$$version $(WINDOWS_TESTS) $(WINDOWS_SAMPLES) || exit; \
	done
	PYTHON=$(BIN)/python scripts/wine/python $(WINDOWS) $(WINDOWS_PYTHON) dist/backproj-*-win_amd64.whl $(ON_WINDOWS) \
		click 'av>=15' 'dask[array]>=2024.8' 'distributed>=2024.8' hypothesis matplotlib packaging pillow scikit-image tzdata
	build/windows/python-3.13 $(WINDOWS_TESTS) -rs -m 'not slow and not exhaustive' tests
	build/windows/python-3.13 -m backproj verify

release: ## Check all, date the change log, tag and push: make release VERSION=1.2.3
	scripts/release $(VERSION)

clean: ## Remove all that the other targets made
	rm -rf $(VENV) build dist out python/*.egg-info python/backproj/*.so
	find . -name __pycache__ -o -name '.*_cache' | xargs rm -rf

# pip 25.1 is the first that knows dependency groups.
$(VENV)/created:
	@scripts/install-packages build
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/built: $(VENV)/created setup.py pyproject.toml go.mod go.sum $(GO_FILES)
	$(BIN)/pip install -q --editable '.[cli]'
	@touch $@

# The same, and the opencv engine too where OpenCV is or can be installed.
$(VENV)/built-opencv: $(VENV)/created setup.py pyproject.toml go.mod go.sum $(GO_FILES)
	@scripts/install-packages opencv
	@if $(HAS_OPENCV); then \
		set -x; BACKPROJ_OPENCV=1 $(BIN)/pip install -q --editable '.[cli]'; \
	else \
		echo "no OpenCV here: building and testing without the opencv engine"; \
		rm -f python/backproj/_opencv*.so; \
		$(BIN)/pip install -q --editable '.[cli]'; \
	fi
	@touch $@ $(VENV)/built

build/cv2/%: | $(VENV)/created
	$(BIN)/pip install -q --no-deps --target $@ 'opencv-python-headless==$*.*'

dist/.built: $(TRACKED) | $(VENV)/created
	@scripts/install-packages wheels
	@$(MAKE) --no-print-directory $(VENV)/group-release
	scripts/build-wheels $(abspath $(BIN))/python
	@touch $@

$(VENV)/group-%: $(VENV)/created pyproject.toml
	$(BIN)/pip install -q --group $*
	@touch $@
