#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proves the ways in which another project can use Gander: each CASE configures, builds and runs
the project in consumer/ (and smaller ones written here) against it, in a temporary directory.

    package_test.py CASE --source DIR --build DIR [--cmake-args=ARGS]

static      installs the build tree DIR, moves the installation, and uses it through find_package,
            pkg-config and C
shared      builds a shared libgander through add_subdirectory, runs the consumer, then installs
            that and uses it as `static` does
fetch       builds through FetchContent
"""
import argparse
import os
import pathlib
import re
import shlex
import sqlite3
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def run(*command, env=None, cwd=None, fails=False):
    """Runs a command; returns its output. Ends the test when it fails (or, `fails`, does not)."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env={**os.environ, **(env or {})}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if (done.returncode != 0) != fails:
        sys.exit(f"$ {shlex.join(words)}\n{done.stdout}\nexit code {done.returncode}")
    return done.stdout


class Case:
    def __init__(self, options, work):
        self.source = options.source
        self.build = options.build
        self.work = work
        self.cmake_args = options.cmake_args

    def consume(self, way, *arguments):
        """Builds and runs consumer/ in a build tree of its own, which is returned."""
        tree = self.work / f"consumer-{way}"
        run("cmake", "-S", HERE / "consumer", "-B", tree, "-G", "Ninja", f"-DGANDER_WAY={way}",
            f"-DGANDER_SOURCE={self.source}", *self.cmake_args, *arguments)
        run("cmake", "--build", tree, "-j2")
        self.check_consumer(tree / "consumer")
        return tree

    def check_consumer(self, program, env=None):
        database = self.work / "consumer.db"
        database.unlink(missing_ok=True)
        assert "consumer: ok" in run(program, f"sqlite:{database}", env=env)
        with sqlite3.connect(database) as connection:
            names = connection.execute("SELECT name FROM birds ORDER BY id").fetchall()
            versions = connection.execute(
                "SELECT version_id FROM goose_db_version WHERE version_id > 0 ORDER BY id")
            assert versions.fetchall() == [(1,), (2,), (3,)]
        assert names == [("GREYLAG",), ('IT\'S A "SNOW" GOOSE',)], names

    def install(self, tree):
        """Installs a build tree and moves the result, so that a fixed path would be noticed."""
        run("cmake", "--install", tree, "--prefix", self.work / "first")
        prefix = self.work / "moved"
        (self.work / "first").rename(prefix)
        return prefix

    def use_package(self, prefix, shared):
        self.consume("find_package", f"-DCMAKE_PREFIX_PATH={prefix}")
        package_config = next(prefix.rglob("gander.pc"))
        env = {"PKG_CONFIG_PATH": str(package_config.parent)}
        libdir = package_config.parent.parent
        if shared:
            env["LD_LIBRARY_PATH"] = str(libdir)
        flags = shlex.split(run("pkg-config", "--cflags", "--libs", "gander",
                                *([] if shared else ["--static"]), env=env))
        assert run("pkg-config", "--modversion", "gander", env=env).strip() == "0.1.0"
        embed = next(prefix.rglob("gander-embed"))
        self.build_by_hand(embed, flags, env)
        if (prefix / "include/gander/c.h").exists():
            self.build_c(flags, env)

    def compiler(self, language):
        name = {"C": os.environ.get("CC", "cc"), "CXX": os.environ.get("CXX", "c++")}[language]
        for argument in self.cmake_args:
            key, _, value = argument.removeprefix("-D").partition("=")
            if key == f"CMAKE_{language}_COMPILER":
                name = value
        return name

    def build_by_hand(self, embed, flags, env):
        """What a project with a plain Makefile does: pkg-config and gander-embed."""
        tree = self.work / "by-hand"
        tree.mkdir()
        (tree / "app_migrations.h").write_text(
            '#pragma once\n#include <gander/source.h>\n'
            'namespace app {\ngander::Source app_migrations();\n}\n')
        run(embed, "--dir", HERE / "consumer/migrations", "--function", "app_migrations",
            "--namespace", "app", "--output", tree / "app_migrations.cc")
        run(self.compiler("CXX"), "-std=c++20", f"-I{tree}", HERE / "consumer/main.cc",
            tree / "app_migrations.cc", *flags, "-o", tree / "consumer", env=env)
        self.check_consumer(tree / "consumer", env)

    def build_c(self, flags, env):
        program = self.work / "c-consumer"
        run(self.compiler("C"), "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
            HERE / "consumer/main.c", *flags, "-o", program, env=env)
        assert "c consumer: ok" in run(program, HERE / "consumer/migrations", env=env)

    def static(self):
        prefix = self.install(self.build)
        for path in ("share/man/man1/gander.1", "share/bash-completion/completions/gander",
                     "share/zsh/site-functions/_gander",
                     "share/fish/vendor_completions.d/gander.fish"):
            assert (prefix / path).stat().st_size > 0, path
        assert run(prefix / "bin/gander", "--version").split()[-1] == "0.1.0"
        self.use_package(prefix, shared=False)

    def shared(self):
        tree = self.consume("add_subdirectory", "-DBUILD_SHARED_LIBS=ON", "-DGANDER_INSTALL=ON")
        prefix = self.install(tree)
        library = next(prefix.rglob("libgander.so.0.1"))
        self.check_symbols(library)
        self.use_package(prefix, shared=True)

    def check_symbols(self, library):
        """A shared libgander shows its own names and nobody else's, but for what the compiler puts
        into every library that uses a standard template."""
        table = run("nm", "-D", "--defined-only", "--extern-only", library)
        names = [line.split()[2] for line in table.splitlines()]
        foreign = [name for name in names if "gander" not in name
                   and not re.match(r"_ZZ?(G[VR]|T[ISV])?N?K?S[tabsiod]", name)]
        assert any("gander" in name for name in names), "nothing is exported"
        assert not foreign, foreign

    def fetch(self):
        # Position-independent as in `shared`, so that a compiler cache compiles it once for both.
        self.consume("fetch_content", "-DCMAKE_POSITION_INDEPENDENT_CODE=ON")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=["static", "shared", "fetch"])
    parser.add_argument("--source", required=True, type=pathlib.Path)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--cmake-args", default="", type=shlex.split)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gander-package-") as work:
        getattr(Case(options, pathlib.Path(work)), options.case)()


if __name__ == "__main__":
    main()
