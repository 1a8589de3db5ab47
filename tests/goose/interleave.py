# SPDX-License-Identifier: MIT
"""goose and Gander take turns on one database; each must accept what the other has left.

Entry points: run() on SQLite, run_on_postgres(). Every order of five commands out of up-by-one, down,
redo and up -allow-missing is tried, once with goose first and once with Gander first, against goose
alone on a database of its own. A migration that is older than others appears after the second
command. Orders with a common beginning share its execution: the databases are copied at each branch.
"""

import multiprocessing
import os
import shutil

import postgres
from twin import compare, database, spawn

COMMANDS = [["up-by-one"], ["down"], ["redo"], ["-allow-missing", "up"]]
LENGTH = 5
LATE = ("00003_late.sql", "-- +goose Up\nINSERT INTO a VALUES (3, 'late');\n"
        "-- +goose Down\nDELETE FROM a WHERE id = 3;\n")
FILES = {
    "00001_a.sql": "-- +goose Up\nCREATE TABLE a (id INTEGER PRIMARY KEY, word TEXT);\n"
                   "-- +goose Down\nDROP TABLE a;\n",
    "00002_index.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX i ON a (word);\n"
                       "INSERT INTO a VALUES (2, 'two');\n"
                       "-- +goose Down\nDELETE FROM a WHERE id = 2;\nDROP INDEX i;\n",
    "00004_empty.sql": "-- +goose Up\n-- +goose Down\n",
    "00005_trigger.sql": "-- +goose Up\n-- +goose StatementBegin\nCREATE TRIGGER g AFTER INSERT ON a\n"
                         "BEGIN\n  UPDATE a SET word = word || '!' WHERE id = NEW.id;\nEND;\n"
                         "-- +goose StatementEnd\nINSERT INTO a VALUES (5, 'five');\n"
                         "-- +goose Down\nDELETE FROM a WHERE id = 5;\nDROP TRIGGER g;\n",
}
POSTGRES_FILES = {
    **FILES,
    "00002_index.sql": FILES["00002_index.sql"].replace("INDEX i", "INDEX CONCURRENTLY i"),
    "00005_trigger.sql": "-- +goose Up\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS trigger "
                         "AS $$\nBEGIN\n  NEW.word = NEW.word || '!';\n  RETURN NEW;\nEND;\n$$ LANGUAGE "
                         "plpgsql;\n-- +goose StatementEnd\nCREATE TRIGGER g BEFORE INSERT ON a FOR "
                         "EACH ROW EXECUTE FUNCTION f();\nINSERT INTO a VALUES (5, 'five');\n"
                         "-- +goose Down\nDELETE FROM a WHERE id = 5;\nDROP TRIGGER g ON a;\n"
                         "DROP FUNCTION f;\n",
}


class SqliteFiles:
    """Databases by name, for one explorer."""

    files = FILES
    driver = "sqlite3"

    def __init__(self, scratch):
        self.scratch = scratch

    def target(self, name):
        return os.path.join(self.scratch, name)

    def create(self, name):
        pass  # by the first command

    def copy(self, source, target):
        target = self.target(target)
        for suffix in ("", "-journal", "-wal", "-shm"):
            if os.path.exists(target + suffix):
                os.remove(target + suffix)
        if os.path.exists(self.target(source)):
            shutil.copyfile(self.target(source), target)

    def contents(self, name):
        return database(self.target(name))


class PostgresDatabases:
    files = POSTGRES_FILES
    driver = "postgres"

    def __init__(self, server, prefix):
        self.server = server
        self.prefix = prefix

    def target(self, name):
        return self.server.dbstring(self.prefix + name)

    def create(self, name):
        self.server.recreate(self.prefix + name)

    def copy(self, source, target):
        self.server.copy(self.prefix + source, self.prefix + target)

    def contents(self, name):
        return postgres.comparable(self.server.ask(self.prefix + name, postgres.SNAPSHOT))


class Explorer:
    """Follows three databases: goose's own, and those where goose and where Gander begins."""

    def __init__(self, programs, scratch, databases):
        self.programs = programs
        self.scratch = scratch
        self.databases = databases
        self.directories = []
        files = databases.files
        for name, present in (("early", files), ("late", {**files, LATE[0]: LATE[1]})):
            directory = os.path.join(self.scratch, name, "migrations")
            os.makedirs(directory)
            for file, text in present.items():
                with open(os.path.join(directory, file), "w", encoding="utf-8") as stream:
                    stream.write(text)
            self.directories.append(os.path.dirname(directory))
        self.commands = 0
        self.passed = 0
        self.failures = []

    def call(self, program, taken, name):
        os.chdir(self.directories[0 if len(taken) < 3 else 1])
        self.commands += 1
        result = spawn([program, "-dir", "migrations", self.databases.driver,
                        self.databases.target(name)] + taken[-1], {}, self.scratch)
        result.database = self.databases.contents(name)
        return result.masked()

    def explore(self, taken, alone, shared, numbers=range(len(COMMANDS))):
        """`shared`: {whose turn it was at the start, 0 goose and 1 Gander: database}; `numbers`: of
        the commands to try next."""
        if len(taken) == LENGTH:
            self.passed += len(shared)
            return
        for number in numbers:
            now = taken + [COMMANDS[number]]
            last = number == numbers[-1]  # needs no copy
            own = self.branch(alone, now, last)
            expected = self.call(self.programs[0], now, own)
            agreeing = {}
            for first, name in shared.items():
                name = self.branch(name, now, last)
                actual = self.call(self.programs[(first + len(taken)) % 2], now, name)
                difference = compare(expected, actual)
                if difference:
                    story = ", ".join(f"{('goose', 'gander')[(first + i) % 2]} {' '.join(command)}"
                                      for i, command in enumerate(now))
                    self.failures.append(f"FAILED interleaved: {story}\n{difference}")
                else:
                    agreeing[first] = name
            if agreeing:
                self.explore(now, own, agreeing)

    def branch(self, name, taken, last):
        if last:
            return name
        copy = f"{name.split('_')[0]}_{len(taken)}"
        self.databases.copy(name, copy)
        return copy


def explore_from(job):
    programs, scratch, number, server = job
    own = os.path.join(scratch, f"interleave-{'postgres-' if server else ''}{number}")
    os.makedirs(own)
    databases = PostgresDatabases(server, f"of_{number}_") if server else SqliteFiles(own)
    explorer = Explorer(programs, own, databases)
    for name in ("alone", "shared0", "shared1"):
        databases.create(name)
    explorer.explore([], "alone", {0: "shared0", 1: "shared1"}, [number])
    return explorer.passed, explorer.failures, explorer.commands


def run(programs, scratch, jobs, server=None):
    """Returns (orders passed, explanations, commands)."""
    work = [(programs, scratch, number, server) for number in range(len(COMMANDS))]
    with multiprocessing.Pool(jobs) as pool:
        results = pool.map(explore_from, work, chunksize=1)
    return (sum(r[0] for r in results), [text for r in results for text in r[1]],
            sum(r[2] for r in results))


def run_on_postgres(programs, scratch, jobs):
    if not postgres.available():
        print("*** SKIPPED: there are no PostgreSQL server programs here ***")
        return 0, [], 0
    with postgres.Server(os.path.join(scratch, "interleaved")) as server:
        # Workers need to know where the server is, not how to end it.
        return run(programs, scratch, jobs, server.address())
