# SPDX-License-Identifier: MIT
"""Compares the statements that the two programs find in a file.

Entry point: run(). goose shows its parser's work in two ways: `validate -v` prints how many
statements each direction of a file has, and `-v` prints every statement before it is executed. The
files are those of the generator, and what stands below the directories given on the command line:
there every file is counted, and every directory for SQLite or PostgreSQL is applied and rolled back.
"""

import itertools
import os
import random

import postgres
import sql
from commands import ENVIRONMENT
from differences import SUBSTITUTED
from files import BROKEN, make_file
from twin import spawn

COUNTED = 300   # files whose statements are counted
RECORDED = 150  # files whose statements are recorded
EXECUTING = "Executing statement: "


class Comparison:
    def __init__(self, programs, scratch):
        self.programs = programs
        self.scratch = os.path.join(scratch, "statements")
        os.makedirs(self.scratch)
        self.commands = 0
        self.passed = 0
        self.failures = []

    def directory(self, name, files):
        """Two directories, for goose and for Gander; files: [(name, plain text, text)]."""
        pair = [os.path.join(self.scratch, name, side) for side in ("goose", "gander")]
        for index, path in enumerate(pair):
            os.makedirs(path)
            for file in files:
                with open(os.path.join(path, file[0]), "wb") as stream:
                    stream.write(file[1 + index])
        return pair

    def both(self, pair, arguments):
        self.commands += 2
        return [spawn([program, "-dir", path] + arguments, ENVIRONMENT, self.scratch)
                for program, path in zip(self.programs, pair)]

    def judge(self, title, equal, results):
        if equal:
            self.passed += 1
            return
        goose, gander = ((r.code, r.out, r.err) for r in results)
        self.failures.append(f"FAILED statements: {title}\n  goose  {goose}\n  gander {gander}")

    def count(self, title, pair):
        goose, gander = self.both(pair, ["-v", "validate"])
        self.judge(title, (goose.code, goose.out) == (gander.code, gander.out), (goose, gander))

    def record(self, title, pair, direction):
        target = ["-v", "-no-color", "-no-versioning", "sqlite3", ":memory:", direction]
        goose, gander = self.both(pair, target)
        self.judge(title, executed(goose.err) == executed(gander.err), (goose, gander))


    def count_below(self, driver, root):
        for base, _, names in sorted(os.walk(root)):
            for name in sorted(name for name in names if name.endswith(".sql")):
                path = os.path.join(base, name)
                results = [spawn([program, "-dir", path, "-v", "validate"],
                                 {**ENVIRONMENT, "GOOSE_DRIVER": driver}, self.scratch)
                           for program in self.programs]
                self.commands += 2
                goose, gander = results
                self.judge(path, (goose.code, goose.out) == (gander.code, gander.out), results)

    def record_below(self, driver, root, dbstrings):
        """dbstrings: a function that empties the two databases and returns how they are reached."""
        for base, _, names in sorted(os.walk(root)):
            if not any(name.endswith(".sql") for name in names):
                continue
            targets = dbstrings()
            for command in (["up"], ["down-to", "0"]):
                results = [spawn([program, "-dir", base, "-v", "-no-color", driver, target] + command,
                                 ENVIRONMENT, self.scratch)
                           for program, target in zip(self.programs, targets)]
                self.commands += 2
                goose, gander = (executed(result.err) for result in results)
                # A failed run of Gander has sent a few statements more on PostgreSQL, or none of a
                # file that cannot succeed (differences: trace, static_check).
                sent = gander
                if results[0].code != 0:
                    sent = gander[:len(goose)]
                    if "failed to parse SQL migration file" in results[1].err:
                        goose = goose[:len(gander)]
                same = results[0].code == results[1].code and goose == sent
                for which in (0, 1):
                    results[which].err = differing((goose, sent), which) + results[which].err[-500:]
                self.judge(f"{base} {command[0]}", same, results)


def differing(lists, which):
    """The statement of one list in which the two differ first."""
    for number, pair in enumerate(itertools.zip_longest(*lists), 1):
        if pair[0] != pair[1]:
            return f"statement {number}: {pair[which]}\n"
    return ""


def empty_files(scratch):
    """A pair of SQLite databases that do not exist yet, for each call."""
    count = itertools.count()

    def make():
        number = next(count)
        return [os.path.join(scratch, f"{side}-{number}.db") for side in ("goose", "gander")]

    return make


def empty_databases(server):
    def make():
        for name in postgres.DATABASES:
            server.recreate(name)
        return [server.dbstring(name) for name in postgres.DATABASES]

    return make


def compare_directory(comparison, scratch, directory):
    """directory: PATH, or DRIVER:PATH with one of goose's drivers."""
    driver, found, root = directory.partition(":")
    if not found:
        driver, root = "sqlite3", directory
    comparison.count_below(driver, root)
    if driver == "sqlite3":
        comparison.record_below(driver, root, empty_files(comparison.scratch))
    elif driver == "postgres" and postgres.available():
        with postgres.Server(scratch) as server:
            comparison.record_below(driver, root, empty_databases(server))


def executed(err):
    """The statements that a run with -v printed. Log lines begin with a time stamp, the further
    lines of a statement do not."""
    statements, inside = [], False
    for line in err.split("\n"):
        stamped = len(line) > 20 and line[4:5] == "/" and line[7:8] == "/" and line[13:14] == ":"
        if stamped:
            inside = line[20:].startswith(EXECUTING)
            if inside:
                statements.append(line[20 + len(EXECUTING):])
        elif inside:
            statements[-1] += "\n" + line
    return [SUBSTITUTED.sub(r"\1<value>\2", text.strip()) for text in statements]


def run(programs, scratch, seed, odd, directories=()):
    """Returns (comparisons passed, explanations, commands)."""
    comparison = Comparison(programs, scratch)
    rng = random.Random(f"{seed}:statements")
    schema = sql.Schema(rng)
    files = []
    for number in range(1, COUNTED + 1):
        file = make_file(rng, f"{number:05d}_x.sql", schema.content(), odd)
        files.append((file.name, file.plain, file.text))
    for start in range(0, COUNTED, 50):
        chunk = files[start:start + 50]
        comparison.count(f"counts from {chunk[0][0]}",
                         comparison.directory(f"count{start}", chunk))
    for name, text in BROKEN:
        pair = comparison.directory(f"broken-{name}", [("1_x.sql", text.encode(), text.encode())])
        goose, gander = comparison.both(pair, ["validate"])
        comparison.judge(f"broken: {name}", goose.code == gander.code, (goose, gander))
    for number in range(1, RECORDED + 1):
        file = make_file(rng, f"{number:05d}_x.sql", sql.Schema(rng).content(), odd=False)
        pair = comparison.directory(f"record{number}", [(file.name, file.plain, file.text)])
        comparison.record(f"recorded {file.text.decode()}", pair, rng.choice(["up", "up", "down"]))
    for directory in directories:
        compare_directory(comparison, os.path.join(scratch, "statements"), directory)
    return comparison.passed, comparison.failures, comparison.commands
