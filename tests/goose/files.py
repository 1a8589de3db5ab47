# SPDX-License-Identifier: MIT
"""Random migration files: how goose's annotations, comments and line ends may be written.

Entry points: make_file(), broken_file(), Names. A file has two texts: the one that Gander gets and
the one that goose gets. They are the same unless the file holds something that goose is known to get
wrong (an *oddity*); goose then gets the spelling that it understands, and both programs must still
agree on everything.
"""

from dataclasses import dataclass

UP_FORMS = ["-- +goose Up", "--+goose up", "-- +goose UP", "--  +goose   Up", "---- +goose Up",
            "-- Up +goose", "-- +goose Up --", "-- +goose Up\t", "--+gooseUP", "-- +goose Up  "]
DOWN_FORMS = [form.replace("Up", "Down").replace("UP", "DOWN").replace("up", "down")
              for form in UP_FORMS]
BEGIN_FORMS = ["-- +goose StatementBegin", "--+goose statementbegin", "-- +goose STATEMENTBEGIN "]
END_FORMS = ["-- +goose StatementEnd", "--+goose statementend", "-- +goose STATEMENTEND\t"]
NO_TRANSACTION_FORMS = ["-- +goose NO TRANSACTION", "--+goose no transaction"]

BROKEN = [  # name, text: files that neither program takes
    ("empty", ""),
    ("no_annotation", "CREATE TABLE broken (a int);\n"),
    ("comment_only", "-- nothing here\n\n"),
    ("unfinished", "-- +goose Up\nCREATE TABLE broken (a int)\n"),
    ("unfinished_before_down", "-- +goose Up\nSELECT 1\n-- +goose Down\nSELECT 2;\n"),
    ("up_twice", "-- +goose Up\nSELECT 1;\n-- +goose Up\nSELECT 2;\n"),
    ("down_first", "-- +goose Down\nSELECT 1;\n-- +goose Up\nSELECT 2;\n"),
    ("down_twice", "-- +goose Up\nSELECT 1;\n-- +goose Down\n-- +goose Down\n"),
    ("no_end", "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n"),
    ("no_begin", "-- +goose Up\nSELECT 1;\n-- +goose StatementEnd\n"),
    ("nested", "-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementBegin\nSELECT 1;\n"
               "-- +goose StatementEnd\n"),
    ("begin_first", "-- +goose StatementBegin\n-- +goose Up\n"),
    ("unknown", "-- +goose Up\nSELECT 1;\n-- +goose Sideways\n"),
    ("leading_blank", " -- +goose Up\nSELECT 1;\n"),
    ("semicolon", "-- +goose Up;\nSELECT 1;\n"),
    ("repeated", "-- +goose Up +goose Down\nSELECT 1;\n"),
    ("nothing", "-- +goose\nSELECT 1;\n"),
    ("required_variable", "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${T_UNSET?not given}';\n"),
    ("bad_variable", "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${1}';\n"),
]


@dataclass
class File:
    name: str
    text: bytes
    plain: bytes  # what goose gets
    oddities: frozenset = frozenset()
    no_transaction: bool = False


class Script:
    """Writes one file, keeping both texts."""

    def __init__(self, rng, odd, dashes=True):
        self.rng = rng
        self.odd = odd
        self.dashes = dashes  # `--` begins a comment, whatever stands behind it
        self.both = []  # (odd line, plain line or None)
        self.oddities = set()

    def line(self, text, plain=...):
        self.both.append((text, text if plain is ... else plain))

    def chance(self, probability):
        return self.rng.random() < probability

    def oddity(self, name, probability):
        if self.odd and self.chance(probability):
            self.oddities.add(name)
            return True
        return False

    def filler(self):
        if self.chance(0.25):
            self.line(self.rng.choice(["", "-- a note; with semicolon", "--", "-- it's", "  -- in"]))
        if self.oddity("prose", 0.03):
            self.line("-- written for the +goose tool", "-- written for the tool")
        if self.oddity("empty_block", 0.03):
            for text in (self.rng.choice(BEGIN_FORMS), "-- nothing", self.rng.choice(END_FORMS)):
                self.line(text, None)

    def statement(self, unit):
        """One unit of SQL: a list of lines without the final semicolon."""
        self.filler()
        if unit.needs_block and not self.oddity("trigger_without_marks", 0.5) or (
                not unit.needs_block and self.chance(0.12)):
            self.block(unit)
        elif unit.needs_block:
            self.marked_for_goose(unit)
        elif unit.awkward:
            if self.oddity("literal", 1.0):
                self.marked_for_goose(unit)
            else:
                self.block(unit)
        else:
            for text in unit.lines[:-1]:
                self.line(text)
            self.terminated(unit.lines[-1])

    def block(self, unit):
        self.line(self.rng.choice(BEGIN_FORMS))
        if self.chance(0.2):
            self.line("-- in the block")
        for text in unit.lines[:-1]:
            self.line(text)
        self.line(unit.lines[-1] + (";" if unit.needs_block or self.chance(0.8) else ""))
        self.line(self.rng.choice(END_FORMS))

    def marked_for_goose(self, unit):
        self.both.append((None, "-- +goose StatementBegin"))
        for text in unit.lines[:-1]:
            self.line(text)
        self.line(unit.lines[-1] + ";")
        self.both.append((None, "-- +goose StatementEnd"))

    def terminated(self, text):
        if self.dashes and self.oddity("glued_comment", 0.04):
            self.line(text + ";--done", text + "; --done")
        elif self.oddity("block_comment", 0.04):
            self.line(text + "; /* done */", text + ";")
        elif self.chance(0.1):
            self.line(text)
            self.line(self.rng.choice([";", "  ;", "; -- end"]))
        else:
            self.line(text + self.rng.choice([";"] * 8 + [" ;", ";  ", ";\t", "; -- ok", " ; --"]))

    def section_end(self):
        if self.oddity("trailing_block_comment", 0.04):
            self.line("/* the end */", None)
        if self.oddity("blank_then_comment", 0.04):
            self.line("  \t", None)
            self.line("-- last words", None)
        elif self.chance(0.1):
            self.line(self.rng.choice(["", "-- the end", "-- no; more"]))

    def bytes(self, index, newline, final):
        lines = [pair[index] for pair in self.both if pair[index] is not None]
        return (newline.join(lines) + (newline if final else "")).encode()


def make_file(rng, name, content, odd):
    """content: sql.Content."""
    script = Script(rng, odd, content.dashes)
    newline = "\r\n" if script.chance(0.15) else "\n"
    no_transaction = content.no_transaction
    if script.oddity("licence", 0.04):
        script.line("/* licence: free */", None)
    if script.chance(0.2):
        script.line(rng.choice(["-- " + name, "", "--", "   "]))
    early = script.chance(0.6)
    if no_transaction and early:
        script.line(rng.choice(NO_TRANSACTION_FORMS))
    script.line(rng.choice(UP_FORMS) if script.chance(0.5) else UP_FORMS[0])
    if no_transaction and not early:
        script.line(rng.choice(NO_TRANSACTION_FORMS))
    if content.substitute:
        script.line(rng.choice(["-- +goose ENVSUB ON", "--+goose envsub on"]))
    for unit in content.up:
        script.statement(unit)
    if content.substitute:
        script.line("-- +goose ENVSUB OFF")
    script.section_end()
    if content.down is not None:
        script.line(rng.choice(DOWN_FORMS) if script.chance(0.5) else DOWN_FORMS[0])
        for unit in content.down:
            script.statement(unit)
        script.section_end()
    final = not script.chance(0.1)
    text, plain = script.bytes(0, newline, final), script.bytes(1, newline, final)
    if script.oddity("bom", 0.04):
        text = b"\xef\xbb\xbf" + text
    return File(name, text, plain, frozenset(script.oddities), content.no_transaction)


def broken_file(rng, name):
    text = rng.choice(BROKEN)[1].encode()
    return File(name, text, text)


class Names:
    """Version numbers and file names in the style of one directory."""

    def __init__(self, rng):
        self.rng = rng
        self.style = rng.choice(["seq", "seq", "seq", "plain", "mixed", "stamp", "hybrid"])
        self.last = 0
        self.used = set()

    def width(self, version):
        style = self.style if self.style != "mixed" else self.rng.choice(["seq", "plain", "three"])
        return {"seq": f"{version:05d}", "three": f"{version:03d}"}.get(style, str(version))

    def next(self):
        if self.style == "stamp" or (self.style == "hybrid" and self.last >= 2):
            base = max(self.last, 20200101000000)
            version = base + self.rng.choice([1, 5, 100, 10000])
            if version % 100 > 59 or version // 100 % 100 > 59 or version // 10000 % 100 > 23:
                version = (base // 1000000 + 1) * 1000000 + 101
            while version // 1000000 % 100 > 28:
                version = (version // 100000000 + 1) * 100000000 + 1000101
        else:
            version = self.last + self.rng.choice([1, 1, 1, 2, 3])
        self.last = version
        return version

    def gap(self):
        """A version below the newest that no file has, or None."""
        free = [v for v in range(max(1, self.last - 6), self.last) if v not in self.used]
        return self.rng.choice(free) if free else None

    def name(self, version):
        self.used.add(version)
        words = self.rng.choice(["init", "add_users", "x", "Mixed_Case", "drop_it", "a_b_c", ""])
        return f"{self.width(version)}_{words}.sql"
