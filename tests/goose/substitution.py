# SPDX-License-Identifier: MIT
"""Random lines under ENVSUB: both programs must put in the same bytes, or both refuse the line.

Entry point: run(). Each line stands in a string literal of a migration; what arrives in the table is
compared byte by byte. A line that is refused is taken out of the file, and the rest is tried again.
"""

import os
import random
import re
import shutil
import sqlite3

from twin import spawn

BATCH = 100  # lines of one file
VALUES = {
    "A": b"alpha", "B": b"", "_C": b"under_score", "D9": b"0123456789", "LONG_NAME": b"x" * 70,
    "DOLLARS": b"$A ${A} $$ \\$", "BRACES": b"}{", "BLANKS": b"  two  ", "UMLAUTS": "äöü€😀é".encode(),
    "BROKEN": b"\xff-\xc3-\xe2\x82-\xf0\x9f\x98", "SLASHES": b"\\\\ \\}", "\u00c4": b"no name",
}
NAMES = ["A", "B", "_C", "D9", "LONG_NAME", "DOLLARS", "BRACES", "BLANKS", "UMLAUTS", "BROKEN",
         "SLASHES", "UNSET", "_", "Z_9"]
ODD_NAMES = ["", "1", "9A", "Ä", "AÄ", "é", "A-B", " A", "A ", "A.B", "#", "#A", "A!", "@"]
TEXT = ["a", " ", "b c", ".", ",", "(x)", "{", "}", "\\", "\\\\", "\\$", "\\}", "$", "$$", "$$$", "$1",
        "$ ", "$.", "$(", "$)", "^x$", "$@", "$$tag$$", "é", "€", "😀", "\t", "--", ";", "\"", ":", "?",
        "#", "%", "$Ä", "\u00a0", "\u2028"]
BYTES = [b"\xff", b"\xc3", b"\xe2\x82", b"$\xff", b"\x80", b"${A\xff}", b"\xf0\x9f"]
NUMBERS = ["0", "1", "2", "3", "7", "99", "-1", " -1", " -2", " -3", " -99", "+1", " +2", "", " ", "  ",
           "x", "1x", "- 1", "--1", "0x1", "1_0", "007", "9223372036854775807", " -9223372036854775808",
           "9223372036854775808", " -9223372036854775809", "1 ", "\u00a01", "1.5"]
OPERATORS = [":-", "-", ":+", "+", ":?", "?"]
LINE = re.compile(rb"INSERT INTO seen VALUES \((\d+), ")
PLACE = re.compile(r"1_x\.sql:(\d+):\d+: variable substitution failed: (.*)")
CAUSE = re.compile(r"variable substitution failed: (.*):\n", re.S)


class Lines:
    def __init__(self, rng):
        self.rng = rng

    def line(self):
        parts = [self.part(0) for _ in range(self.rng.randint(1, 6))]
        if self.rng.random() < 0.05:
            parts.append(self.nested())
        return b"".join(parts)

    def part(self, depth):
        kind = self.rng.random()
        if kind < 0.35:
            return self.rng.choice(TEXT).encode()
        if kind < 0.40:
            return self.rng.choice(BYTES)
        if kind < 0.55:
            return b"$" + self.name()
        return self.braced(depth)

    def name(self):
        return self.rng.choice(NAMES if self.rng.random() < 0.97 else ODD_NAMES).encode()

    def braced(self, depth):
        name, kind = self.name(), self.rng.random()
        if kind < 0.15:
            inside = name
        elif kind < 0.25:
            inside = b"#" + name
        elif kind < 0.55:
            inside = name + b":" + self.number()
            if self.rng.random() < 0.6:
                inside += b":" + self.number()
        else:
            inside = name + self.rng.choice(OPERATORS).encode() + self.word(depth)
        if self.rng.random() < 0.02:
            inside = inside[:self.rng.randrange(len(inside) + 1)]
        return b"${" + inside + (b"}" if self.rng.random() < 0.98 else b"")

    def number(self):
        usual = self.rng.random() < 0.9
        return self.rng.choice(NUMBERS[:16] if usual else NUMBERS).encode()

    def word(self, depth):
        count = self.rng.randint(0, 3)
        if depth >= 4:
            return b"".join(self.rng.choice(TEXT).encode() for _ in range(count)).replace(b"$", b"")
        return b"".join(self.part(depth + 1) for _ in range(count))

    def nested(self):
        depth = self.rng.choice([10, 999, 1000, 1001, 1500])
        return b"${UNSET:-" * depth + b"deep" + b"}" * depth


class Side:
    """One program and its directory."""

    def __init__(self, program, scratch):
        self.program = program
        self.root = scratch
        self.commands = 0
        os.makedirs(os.path.join(scratch, "m"))
        self.environment = {name: value.decode(errors="surrogateescape")
                            for name, value in VALUES.items()}

    def expand(self, lines):
        """{number: bytes, or None and the cause when it is refused}"""
        results, left = {}, dict(lines)
        while left:
            refused = self.apply(left, results)
            if refused is None:
                break
            number, cause = refused
            results[number] = (None, cause)
            del left[number]
        return results

    def apply(self, lines, results):
        """Adds to `results`; or returns (number, cause) of a line that is refused."""
        os.chdir(self.root)
        if os.path.exists("app.db"):
            os.remove("app.db")
        numbers = sorted(lines)
        with open("m/1_x.sql", "wb") as stream:
            stream.write(b"-- +goose Up\nCREATE TABLE seen (number INTEGER, text TEXT);\n"
                         b"-- +goose ENVSUB ON\n-- +goose StatementBegin\n")
            for number in numbers:
                stream.write(b"INSERT INTO seen VALUES (%d, '%s');\n" % (number, lines[number]))
            stream.write(b"-- +goose StatementEnd\n")
        self.commands += 1
        done = spawn([self.program, "-dir", "m", "sqlite3", "app.db", "up"], self.environment, self.root)
        if done.code == 0:
            connection = sqlite3.connect("app.db")
            connection.text_factory = bytes
            results.update((number, (text, "")) for number, text in
                           connection.execute("SELECT number, text FROM seen"))
            connection.close()
            return None
        place = PLACE.search(done.err)
        if place:  # ours; the file's fifth line is the first of them
            return numbers[int(place[1]) - 5], place[2]
        line = LINE.search(done.err.encode(errors="backslashreplace"))
        if not line:
            raise RuntimeError(f"{self.program}: {done.err}")
        return int(line[1]), CAUSE.search(done.err)[1]


def equal(line, theirs, ours):
    if theirs[0] != ours[0]:
        return False
    # What a message says is goose's, but for the variables in it, which we leave as they are.
    return theirs[0] is not None or b"?" not in line or not theirs[1].startswith("$") or \
        line.count(b"$") > 1 or theirs[1] == ours[1]


def run(programs, scratch, seed, count):
    """Returns (lines equal, explanations, commands)."""
    rng = random.Random(f"{seed}:substitution")
    sides = []
    for name, program in zip(("goose", "gander"), programs):
        root = os.path.join(scratch, f"substitution-{name}")
        shutil.rmtree(root, ignore_errors=True)
        sides.append(Side(program, root))
    maker = Lines(rng)
    passed, failures = 0, []
    for start in range(0, count, BATCH):
        lines = {number: maker.line() for number in range(start, min(start + BATCH, count))}
        lines = {number: line for number, line in lines.items() if b"'" not in line}
        theirs, ours = (side.expand(lines) for side in sides)
        for number, line in lines.items():
            if equal(line, theirs[number], ours[number]):
                passed += 1
            else:
                failures.append(f"FAILED substitution of {line!r}\n  goose  {theirs[number]}\n"
                                f"  gander {ours[number]}")
    return passed, failures, sum(side.commands for side in sides)
