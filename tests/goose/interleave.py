# SPDX-License-Identifier: MIT
"""goose and Gander take turns on one database; each must accept what the other has left.

Entry point: run(). Every order of five commands out of up-by-one, down, redo and up -allow-missing
is tried, once with goose first and once with Gander first, against goose alone on a database of its
own. A migration that is older than others appears after the second command. Orders with a common
beginning share its execution: the databases are copied at each branch.
"""

import multiprocessing
import os
import shutil

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


class Explorer:
    def __init__(self, programs, scratch):
        self.programs = programs
        self.scratch = scratch
        self.directories = []
        for name, files in (("early", FILES), ("late", {**FILES, LATE[0]: LATE[1]})):
            directory = os.path.join(self.scratch, name, "migrations")
            os.makedirs(directory)
            for file, text in files.items():
                with open(os.path.join(directory, file), "w", encoding="utf-8") as stream:
                    stream.write(text)
            self.directories.append(os.path.dirname(directory))
        self.commands = 0
        self.passed = 0
        self.failures = []

    def call(self, program, depth, command, path):
        os.chdir(self.directories[0 if depth < 2 else 1])
        self.commands += 1
        result = spawn([program, "-dir", "migrations", "sqlite3", path] + command, {}, self.scratch)
        result.database = database(path)
        return result.masked()

    def branch(self, path, depth, number):
        copy = os.path.join(self.scratch, f"{os.path.basename(path)[:6]}-{depth}-{number}.db")
        for suffix in ("", "-journal", "-wal", "-shm"):
            if os.path.exists(copy + suffix):
                os.remove(copy + suffix)
        if os.path.exists(path):
            shutil.copyfile(path, copy)
        return copy

    def explore(self, first, taken, shared, alone, numbers=range(len(COMMANDS))):
        """`first`: whose turn it is at the start, 0 goose and 1 Gander; `numbers`: of the commands
        to try next."""
        depth = len(taken)
        if depth == LENGTH:
            self.passed += 1
            return
        for number in numbers:
            command = COMMANDS[number]
            turn = (first + depth) % 2
            theirs, ours = self.branch(alone, depth, number), self.branch(shared, depth, number)
            expected = self.call(self.programs[0], depth, command, theirs)
            actual = self.call(self.programs[turn], depth, command, ours)
            now = taken + [f"{('goose', 'gander')[turn]} {' '.join(command)}"]
            difference = compare(expected, actual)
            if difference:
                self.failures.append(f"FAILED interleaved: {', '.join(now)}\n{difference}")
                continue
            self.explore(first, now, ours, theirs)


def explore_from(job):
    programs, scratch, first, number = job
    explorer = Explorer(programs, os.path.join(scratch, f"interleave-{first}-{number}"))
    explorer.explore(first, [], os.path.join(explorer.scratch, "shared.db"),
                     os.path.join(explorer.scratch, "alone-.db"), [number])
    return explorer.passed, explorer.failures, explorer.commands


def run(programs, scratch, jobs):
    """Returns (orders passed, explanations, commands)."""
    work = [(programs, scratch, first, number) for first in (0, 1) for number in range(len(COMMANDS))]
    with multiprocessing.Pool(jobs) as pool:
        results = pool.map(explore_from, work, chunksize=1)
    return (sum(r[0] for r in results), [text for r in results for text in r[1]],
            sum(r[2] for r in results))
