# SPDX-License-Identifier: MIT
"""The programs that are compared: how each is found and called on an SQLite file.

A tool gives the command for the works `up` (also for "nothing to do") and `status`; None where it
has no such thing. Peers come from PATH; bench/install-peers puts some there.
"""
import dataclasses
import os
import shutil
import subprocess


@dataclasses.dataclass
class Call:
    command: list
    cwd: str | None = None
    environment: dict | None = None


class Tool:
    name = ""
    layout = "goose"
    program = ""

    def find(self):
        """The path of the program, or None."""
        return shutil.which(self.program)

    def version(self):
        return first_line([self.program, "--version"])

    def call(self, work, database, directory):
        raise NotImplementedError


def first_line(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    lines = done.stdout.strip().splitlines()
    return lines[0].strip() if lines else "?"


def environment(**extra):
    return {**os.environ, **extra}


class Gander(Tool):
    name = "gander"

    def __init__(self, program):
        self.program = os.path.abspath(program)

    def call(self, work, database, directory):
        return Call([self.program, work, "--db", "sqlite:" + database, "--dir", directory])


class Floor(Tool):
    """The C API alone. `commit`: each or all. Seeds are streamed, so that memory is bounded."""

    def __init__(self, program, commit):
        self.program = program
        self.commit = commit
        self.name = f"floor ({'one commit' if commit == 'all' else 'a commit each'})"

    def version(self):
        return "SQLite C API"

    def call(self, work, database, directory):
        verb = {"up": "apply", "status": "status", "seed": "stream"}[work]
        return Call([self.program, verb, database, directory, self.commit])


class Goose(Tool):
    name = program = "goose"

    def version(self):
        return first_line([self.program, "-version"])

    def call(self, work, database, directory):
        return Call([self.program, "-dir", directory, "sqlite3", database, work])


class Dbmate(Tool):
    name = program = layout = "dbmate"

    def call(self, work, database, directory):
        return Call([self.program, "--url", "sqlite:" + database, "-d", directory,
                     "--no-dump-schema", work])


class GolangMigrate(Tool):
    name, program, layout = "golang-migrate", "migrate", "golang-migrate"

    def call(self, work, database, directory):
        word = {"up": "up", "status": "version"}[work]
        return Call([self.program, "-path", directory, "-database", "sqlite3://" + database, word])


class SqlMigrate(Tool):
    name = program = layout = "sql-migrate"

    def call(self, work, database, directory):
        return Call([self.program, work, "-config=dbconfig.yml", "-env=sqlite"], directory,
                    environment(DB_FILE=database))


class Sqitch(Tool):
    name = program = layout = "sqitch"

    def call(self, work, database, directory):
        word = {"up": "deploy", "status": "status"}[work]
        return Call([self.program, word, "db:sqlite:" + database], directory)


class Alembic(Tool):
    name = program = layout = "alembic"

    def call(self, work, database, directory):
        words = {"up": ["upgrade", "head"], "status": ["current"]}[work]
        return Call([self.program, *words], directory,
                    environment(DB_URL="sqlite:///" + database))


class Yoyo(Tool):
    name = program = layout = "yoyo"

    def call(self, work, database, directory):
        word = {"up": "apply", "status": "list"}[work]
        return Call([self.program, word, "--batch", "--no-config-file", "--database",
                     "sqlite:///" + database, directory])


PEERS = (Goose, Dbmate, GolangMigrate, SqlMigrate, Sqitch, Alembic, Yoyo)
