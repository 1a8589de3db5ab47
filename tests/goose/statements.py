# SPDX-License-Identifier: MIT
"""Compares the statements that the two programs find in a file.

Entry point: run(). goose shows its parser's work in two ways: `validate -v` prints how many
statements each direction of a file has, and `-v` prints every statement before it is executed. The
files are those of the generator, and the directories given on the command line.
"""

import os
import random

import sql
from commands import ENVIRONMENT
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
    return [text.strip() for text in statements]


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
    for path in directories:
        comparison.count(path, [path, path])
    return comparison.passed, comparison.failures, comparison.commands
