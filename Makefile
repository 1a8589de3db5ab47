# SPDX-License-Identifier: MIT
# The commands of this project. `make demo` and `make test` need nothing beforehand: they install
# what the machine lacks (Debian 12 and its relatives; elsewhere they name it). Trees are configured
# by the presets of CMakePresets.json and lie in BUILD and build-PRESET.

BUILD  ?= build
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)
PREFIX ?= /usr/local
GOOSE  ?= OFF

# Warnings are errors in CI and in the presets for developers, not for those who only build.
CONFIGURE = cmake --preset
RELEASE   = $(CONFIGURE) release -B $(BUILD) -DGANDER_WERROR=$(if $(CI),ON,OFF)
CTEST     = ctest --output-on-failure --progress -j$(JOBS)
CXX_FILES = $(shell git ls-files '*.cc' '*.h' '*.c')

ifneq ($(shell command -v ccache 2>/dev/null),)
export CMAKE_CXX_COMPILER_LAUNCHER ?= ccache
export CCACHE_SLOPPINESS ?= pch_defines,time_macros
endif

.PHONY: all build demo test bench bench-instructions bench-micro install lint-tools format \
        format-check docs check-includes check-abi tidy clang sanitize thread-sanitize coverage fuzz crash \
        model race test-goose test-import test-postgres test-seed rehearse clean

all: build

# Leaves the program at $(BUILD)/gander.
build: $(BUILD)/.configured
	cmake --build $(BUILD) -j$(JOBS) --target gander_program

$(BUILD)/.configured: tools/install-deps CMakePresets.json Makefile
	tools/install-deps
	$(RELEASE)
	@touch $@

demo: build
	tools/demo $(BUILD)/gander

test: $(BUILD)/.configured
	tools/install-deps --test
	cmake --build $(BUILD) -j$(JOBS) --target all all_verify_interface_header_sets
	$(CTEST) --test-dir $(BUILD) --output-junit ctest.xml

# PREFIX may be changed from one call to the next; DESTDIR is honoured. GOOSE=ON adds a link named
# goose to the program.
install: $(BUILD)/.configured
	$(RELEASE) -DCMAKE_INSTALL_PREFIX=$(PREFIX) -DGANDER_GOOSE_LINK=$(GOOSE)
	cmake --build $(BUILD) -j$(JOBS) --target gander_library gander_program \
	  gander_embed_tool gander_manual
	cmake --install $(BUILD)

lint-tools:
	@tools/install-deps --lint

format: lint-tools
	clang-format-19 -i $(CXX_FILES)

format-check: lint-tools
	@clang-format-19 --dry-run -Werror $(CXX_FILES)

# The API reference from the headers; needs doxygen.
docs:
	mkdir -p build
	doxygen

check-includes:
	tools/check-includes

# What the shared library exports, against the commit BASE (see tools/check-abi --help).
check-abi: lint-tools
	JOBS=$(JOBS) tools/check-abi $(BASE)

tidy: lint-tools $(BUILD)/.configured
	tools/tidy $(BUILD) $(JOBS)

# The second compiler: library, program and tests, warnings as errors.
clang: lint-tools
	$(CONFIGURE) clang
	cmake --build build-clang -j$(JOBS) -- -k 0

sanitize thread-sanitize:
	tools/install-deps --test
	$(CONFIGURE) $@
	cmake --build build-$@ -j$(JOBS)
	$(CTEST) --test-dir build-$@

# Prints the line coverage of the library. (gcovr 5.2 stops at counters that gcov 12 prints as
# negative, a known defect of gcov: those lines are passed over.)
coverage: lint-tools
	tools/install-deps --test
	$(CONFIGURE) coverage
	cmake --build build-coverage -j$(JOBS)
	find build-coverage -name '*.gcda' -delete
	$(CTEST) --test-dir build-coverage
	gcovr --root . --filter src/ --filter include/ --exclude '.*_test\.cc' \
	  --exclude-throw-branches --gcov-ignore-parse-errors --print-summary -j $(JOBS) build-coverage

# Each fuzz target for FUZZ_SECONDS of processor time.
FUZZ_SECONDS ?= 60
fuzz: lint-tools
	fuzz/run $(JOBS) $(FUZZ_SECONDS)

bench: build
	bench/run $(BUILD)/gander

# Compares counts of instructions with the recorded ones, which a busy machine does not change.
bench-instructions: build
	bench/instructions $(BUILD)/gander

# Parts by themselves: the script reader, planning, the store. Needs libbenchmark-dev.
bench-micro: $(BUILD)/.configured
	cmake -B $(BUILD) -DGANDER_BENCHMARKS=ON
	cmake --build $(BUILD) -j$(JOBS) --target gander_micro
	$(BUILD)/bench/micro/gander_micro

# A script of 1 GiB in less than 64 MiB of memory; `make test` tries 64 MiB in 32.
test-seed: $(BUILD)/.configured
	cmake --build $(BUILD) -j$(JOBS) --target gander_seed_tests
	GANDER_SEED_BYTES=1073741824 GANDER_SEED_PEAK_MIB=64 $(BUILD)/tests/seed/gander_seed_tests

# Every point of every scenario on every engine: 159,000, an hour and a half for two cores.
# `make crash CRASH="--every 20"` tries one in twenty. `make test` has a smaller sample.
crash: $(BUILD)/.configured
	cmake --build $(BUILD) -j$(JOBS) --target gander_program gander_crash gander_simulation
	tests/crash/run $(BUILD) $(CRASH)

# Two commands at once on SQLite, PostgreSQL and MariaDB, ROUNDS times each pair; `make test` has five.
ROUNDS ?= 1000
race: build
	tests/concurrency/race $(BUILD)/gander --rounds $(ROUNDS)
	tests/concurrency/race $(BUILD)/gander --engine postgres --rounds $(ROUNDS) || test $$? -eq 77
	tests/concurrency/race $(BUILD)/gander --engine mysql --rounds $(ROUNDS) || test $$? -eq 77

# PostgreSQL 13, 15 and 18, with two million rows where `make test` takes fewer. Needs npm.
test-postgres: $(BUILD)/.configured
	tools/install-deps --test
	cmake --build $(BUILD) -j$(JOBS) --target gander_program gander_postgres_tests
	GANDER_POSTGRES_ROWS=2000000 tests/postgres/majors $(BUILD)

# The lock protocols in spin, larger than in `make test`.
model:
	tools/install-deps --test
	tests/model/run --all

# All scenarios of PostgreSQL, where `make test` takes one in five: about a minute.
rehearse: build
	tests/rehearse/rehearse_test.py $(BUILD)/gander

test-goose: build
	tests/goose/run $(BUILD)/gander

# import and adopt on what the real tools make; what cannot be installed is skipped, loudly.
test-import: build
	tests/import/install $(BUILD)/import-tools
	tests/import/real_tools_test.py $(BUILD)/gander $(BUILD)/import-tools

clean:
	rm -rf $(BUILD) build-clang build-sanitize build-thread-sanitize build-coverage build-fuzz
