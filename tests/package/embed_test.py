#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proves gander_embed(): every byte of a migration reaches the program, a file that `gander
validate` refuses fails the build, and files that change, appear or go away are noticed.

    embed_test.py --build DIR [--cmake-args=ARGS]

A program of one line is built in a temporary directory, against the installation of the build tree
DIR. To see the bytes it is compiled with a gander/source.h of its own, whose embedded() writes them
to files instead of making a source.
"""
import argparse
import pathlib
import shlex
import tempfile

from package_test import run

FAKE_SOURCE_H = """
#pragma once
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
namespace gander {
struct Source {};
struct EmbeddedFile { std::string_view name; std::string_view text; };
inline Source embedded(std::span<const EmbeddedFile> files) {
  for (const EmbeddedFile& file : files) {
    std::FILE* out = std::fopen(("out/" + std::string(file.name)).c_str(), "wb");
    std::fwrite(file.text.data(), 1, file.text.size(), out);
    std::fclose(out);
  }
  return {};
}
}
"""

CMAKELISTS = """
cmake_minimum_required(VERSION 3.24)
project(embedding LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
find_package(gander REQUIRED)
add_executable(embedding main.cc)
target_include_directories(embedding PRIVATE fake)
gander_embed(embedding NAME files DIR "the migrations")
"""

MAIN = '#include "files.h"\nint main() { files(); }\n'

UP = b"-- +goose Up\n"

# Texts that a careless generator would change.
TEXTS = {
    "1_crlf.sql": b"-- +goose Up\r\nSELECT 1;\r\n-- +goose Down\r\nSELECT 2;\r\n",
    "2_no_newline_at_end.sql": UP + b"SELECT 1;",
    "3_quotes.sql": UP + b"SELECT 'it''s', \"x\", '\\n \\0 \\\\ )\" )delimiter\"';\n",
    "4_trigraphs.sql": UP + b"SELECT '??=define ??/ ??( %:include <: ??';\n",
    "5_bytes.sql": UP + b"SELECT '" + bytes(b for b in range(1, 256) if b not in b"'\n\r") + b"';\n",
    "6_digits_after_escape.sql": UP + b"SELECT '\x017\x1f00\xc3\xa99';\n",
    "7_utf8.sql": UP + "SELECT 'gås 🪿 ﷽';\n".encode(),
    "8_bom.sql": b"\xef\xbb\xbf" + UP + b"SELECT 1;\n",
    "9_big.sql": UP + b"INSERT INTO t VALUES ('0123456789 abcdef');\n" * 24_000,
    "10_long_line.sql": UP + b"SELECT '" + b"x" * 200_000 + b"';\n",
    "11_with a space and $.sql": UP + b"SELECT 1;\n",
    "12_up_only.sql": UP,
}


class Project:
    def __init__(self, root, prefix, cmake_args):
        self.root = root
        self.migrations = root / "the migrations"
        self.tree = root / "build"
        (root / "fake/gander").mkdir(parents=True)
        self.migrations.mkdir()
        (root / "fake/gander/source.h").write_text(FAKE_SOURCE_H)
        (root / "CMakeLists.txt").write_text(CMAKELISTS)
        (root / "main.cc").write_text(MAIN)
        self.write("1_first.sql", UP + b"SELECT 1;\n")
        run("cmake", "-S", root, "-B", self.tree, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
            *cmake_args)

    def write(self, name, text):
        (self.migrations / name).write_bytes(text)

    def build(self, fails=False):
        return run("cmake", "--build", self.tree, fails=fails)

    def expect_embedded(self):
        """Builds, runs, and compares what the program holds with the directory."""
        self.build()
        out = self.root / "out"
        out.mkdir(exist_ok=True)
        for path in out.iterdir():
            path.unlink()
        run(self.tree / "embedding", cwd=self.root)
        assert contents(out) == contents(self.migrations)

    def expect_refused(self, name, text, *words):
        self.write(name, text)
        output = self.build(fails=True)
        for word in words:
            assert word in output, output
        (self.migrations / name).unlink()


def contents(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def bytes_are_exact(project):
    project.expect_embedded()
    (project.migrations / "1_first.sql").unlink()
    for name, text in TEXTS.items():
        project.write(name, text)
    project.expect_embedded()


def changes_are_noticed(project):
    project.write("20_new.sql", UP + b"SELECT 1;\n")
    project.expect_embedded()
    project.write("20_new.sql", UP + b"SELECT 2;\n")
    project.expect_embedded()
    (project.migrations / "20_new.sql").unlink()
    project.expect_embedded()
    assert "Checking" not in project.build(), "nothing changed, yet it was embedded again"


def bad_migrations_fail_the_build(project):
    project.write("29_bad.sql", UP + b"SELECT (\n")
    project.expect_refused("30_bad.sql", UP + b"SELECT 'unfinished;\n", "29_bad.sql:2:",
                           "30_bad.sql:2:8:")
    (project.migrations / "29_bad.sql").unlink()
    project.expect_refused("31_no_up.sql", b"SELECT 1;\n", "31_no_up.sql")
    project.expect_refused("001_again.sql", UP, "001_again.sql", "1_crlf.sql")
    project.expect_refused("unversioned.sql", UP, "unversioned.sql")
    project.expect_embedded()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--cmake-args", default="", type=shlex.split)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gander-embed-") as work:
        work = pathlib.Path(work)
        run("cmake", "--install", options.build, "--prefix", work / "prefix")
        project = Project(work / "project", work / "prefix", options.cmake_args)
        for case in (bytes_are_exact, changes_are_noticed, bad_migrations_fail_the_build):
            print(case.__name__, flush=True)
            case(project)


if __name__ == "__main__":
    main()
