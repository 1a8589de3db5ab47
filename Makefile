# SPDX-License-Identifier: MIT
# The commands of this project. `make demo` and `make test` need nothing beforehand: they install
# what the machine lacks (Debian 12 or a relative of it). Everything is built under BUILD.

BUILD  ?= build
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)
PREFIX ?= /usr/local

CONFIGURE = cmake -S . -G Ninja -DCMAKE_EXPORT_COMPILE_COMMANDS=ON \
            $(if $(shell command -v ccache 2>/dev/null),-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
CTEST     = ctest --output-on-failure --progress -j$(JOBS)
# The files that people write; test data is exact to the byte and never formatted.
CXX_FILES = $(shell git ls-files '*.cc' '*.h')

.PHONY: all build demo test bench install format format-check tidy sanitize coverage fuzz crash \
        test-goose check-includes clean

all: build

# Leaves the program at $(BUILD)/gander.
build: $(BUILD)/.configured
	cmake --build $(BUILD) -j$(JOBS) --target gander_program

$(BUILD)/.configured: tools/install-deps Makefile
	tools/install-deps
	$(CONFIGURE) -B $(BUILD) -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG" \
	  -DGANDER_BUILD_TESTS=ON -DGANDER_WERROR=ON
	@touch $@

demo: build
	tools/demo $(BUILD)/gander

test: $(BUILD)/.configured
	cmake --build $(BUILD) -j$(JOBS) --target all all_verify_interface_header_sets
	$(CTEST) --test-dir $(BUILD) --output-junit ctest.xml

bench: build
	bench/run $(BUILD)/gander

install: build
	cmake --build $(BUILD) -j$(JOBS) --target all gander_embed_tool
	cmake --install $(BUILD) --prefix $(PREFIX)

format:
	clang-format-19 -i $(CXX_FILES)

format-check:
	clang-format-19 --dry-run -Werror $(CXX_FILES)

tidy: $(BUILD)/.configured
	tools/tidy $(BUILD) $(JOBS)

# Address and undefined-behaviour sanitizers, all tests.
sanitize:
	tools/install-deps
	$(CONFIGURE) -B $(BUILD)-sanitize -DCMAKE_BUILD_TYPE=Debug -DGANDER_STATIC_PROGRAM=OFF -DGANDER_PACKAGE_TESTS=OFF \
	  -DCMAKE_CXX_FLAGS="-O1 -fsanitize=address,undefined -fno-sanitize-recover=all"
	cmake --build $(BUILD)-sanitize -j$(JOBS)
	$(CTEST) --test-dir $(BUILD)-sanitize

# Prints the line coverage of the library (src/ and include/).
coverage:
	tools/install-deps
	$(CONFIGURE) -B $(BUILD)-coverage -DCMAKE_BUILD_TYPE=Debug -DGANDER_STATIC_PROGRAM=OFF -DGANDER_PACKAGE_TESTS=OFF \
	  -DCMAKE_CXX_FLAGS="--coverage -O0"
	cmake --build $(BUILD)-coverage -j$(JOBS)
	find $(BUILD)-coverage -name '*.gcda' -delete
	$(CTEST) --test-dir $(BUILD)-coverage
	gcovr --root . --filter src/ --filter include/ --exclude '.*_test\.cc' \
	  --exclude-throw-branches --print-summary -j $(JOBS) $(BUILD)-coverage

fuzz:
	fuzz/run $(JOBS)

crash: build
	tests/crash/run $(BUILD)/gander

test-goose: build
	tests/goose/run $(BUILD)/gander

check-includes:
	tools/check-includes

clean:
	rm -rf $(BUILD) $(BUILD)-sanitize $(BUILD)-coverage
