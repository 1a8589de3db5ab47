# SPDX-License-Identifier: MIT
"""Random command lines and changes to the directory, for generate.make_sequence()."""

from dataclasses import dataclass, field

import sql
from files import File, make_file

ENVIRONMENT = {"T_REGION": "us_east", "T_EMPTY": "", "T_QUOTE": "o''clock"}

BAD = [
    ["sideways"], ["up-to"], ["up-to", "x"], ["up-to", "1x"], ["up-to", "99999999999999999999"],
    ["down-to"], ["down-to", "x"], ["down-to", "-1"], ["create"], ["-nope", "up"],
    ["-timeout", "soon", "up"], ["-timeout", "5", "up"], ["-v=maybe", "up"], ["---v", "up"],
    ["-=v", "up"], ["--", "up"], [""], ["UP"], ["up", "-s=2"], ["validate"],
    ["-env", "missing.env", "up"], ["-dir", "nowhere", "status"], ["-dir", "nowhere", "up"],
    ["-dir=", "version"], ["-dir", "nowhere", "reset"], ["-dir", "nowhere", "down"],
]
STANDALONE = [
    [], ["-h"], ["--help"], ["-version"], ["--version"], ["status"], ["sqlite3"], ["-"],
    ["sqlite3", "app.db"], ["nosql", "app.db", "up"], ["azuresql", "x", "up"], ["beta"],
    ["beta", "nothing"], ["env"], ["-dir", "migrations", "env"], ["-version=false"], ["-x"],
    ["-dir"], ["-dir", "nowhere", "fix"], ["-dir", "nowhere", "validate"], ["create"],
    ["-dir", "nowhere", "create", "a", "sql"], ["init"], ["-dir", "migrations", "init"],
    ["-no-color=1", "-dir", "migrations", "validate"], ["-version", "-x"], ["-h", "-timeout=1"],
]
TITLES = ["add users", "x", "Mixed Case-Name", "trailing!", "__lead", "ünïcode", "a1 b2", "a..b",
          "trailing!!", "ALLCAPS"]


@dataclass
class Step:
    """Either a command line or a change to the directory."""
    arguments: list = None
    environment: dict = field(default_factory=dict)
    write: list = field(default_factory=list)  # File
    remove: list = field(default_factory=list)  # names

    def describe(self):
        if self.arguments is None:
            return " ".join(["write " + f.name for f in self.write]
                            + ["remove " + name for name in self.remove])
        variables = [f"{k}={v!r}" for k, v in sorted(self.environment.items())]
        return " ".join(variables + ["goose"] + [repr(a) if " " in a or not a else a
                                                 for a in self.arguments])


class Commands:
    def __init__(self, rng, names, verbose, engine):
        self.rng = rng
        self.engine = engine
        self.names = names
        self.verbose = verbose
        self.table = rng.choice(engine.tables)
        self.out_of_order = rng.random() < 0.4
        self.next = None  # the next database command, when it is not left to chance
        self.by_environment = rng.random() < 0.15
        self.dotenv = (self.make_dotenv() if engine is sql.SQLITE and rng.random() < 0.12 else None)

    def make_dotenv(self):
        """A file that holds what would stand on the command line, in one of the ways to write it."""
        rng = self.rng
        driver = rng.choice(["GOOSE_DRIVER=sqlite3", "export GOOSE_DRIVER=sqlite3 # the engine",
                             "GOOSE_DRIVER: sqlite3", "GOOSE_DRIVER='sqlite3'"])
        dbstring = rng.choice(["GOOSE_DBSTRING=app.db", 'GOOSE_DBSTRING="./app.db"',
                               "NAME=app\nGOOSE_DBSTRING=${NAME}.db", "GOOSE_DBSTRING = app.db",
                               "NAME=app\nGOOSE_DBSTRING=\"./$NAME.db\""])
        other = rng.choice(["", "# a comment\n", "T_EXTRA='a # b'\n", "GOOSE_TABLE=from_file\n",
                            "T_REGION=not this\n"])
        return f"{driver}\n{other}{dbstring}\n".encode()

    def version(self):
        known = sorted(self.names.used) or [1]
        return str(self.rng.choice(known + known + [0, 1, known[-1] + 1, known[0] - 1, known[-1]]))

    def database_command(self):
        rng = self.rng
        forced, self.next = self.next, None
        name = forced or rng.choices(["up", "up-by-one", "up-to", "down", "down-to", "redo", "reset",
                            "status", "version"],
                           [24, 18, 10, 12, 7, 7, 4, 10, 8])[0]
        words = [name]
        if name in ("up-to", "down-to"):
            words.append(self.version())
            if words[-1].startswith("-"):
                words[-1] = "0"
        elif rng.random() < 0.03:
            words.append("extra")
        return words

    def flags(self):
        rng = self.rng
        flags = [["-dir", "migrations"] if rng.random() < 0.7 else
                 rng.choice([["--dir", "./migrations"], ["-dir=migrations/"], ["--dir=migrations"]])]
        if self.table:
            flags.append(rng.choice([["-table", self.table], ["--table=" + self.table]]))
        if self.out_of_order and rng.random() < 0.6:
            flags.append(rng.choice([["-allow-missing"], ["--allow-missing=true"]]))
        if self.verbose:
            flags.append(rng.choice([["-v"], ["-v", "-no-color"]]))
        if rng.random() < 0.04:
            flags.append(["-no-versioning"])
        if rng.random() < 0.03:
            flags.append(rng.choice([["-timeout", "1h"], ["-timeout=1m30s"], ["-s"], ["-v=0"]]))
        return flags

    def spread(self, words, flags):
        """Flags may stand anywhere among the words."""
        result = [list(words)] if self.rng.random() < 0.3 else [[w] for w in words]
        for flag in flags:
            result.insert(self.rng.randrange(len(result) + 1) if self.rng.random() < 0.4 else 0, flag)
        return [word for part in result for word in part]

    def command(self):
        rng = self.rng
        environment = dict(ENVIRONMENT)
        kind = rng.random()
        if kind < 0.03:
            return Step(list(rng.choice(STANDALONE)), environment)
        words = list(rng.choice(BAD)) if kind < 0.07 else self.database_command()
        target = [rng.choice(self.engine.drivers), rng.choice(self.engine.dbstrings)]
        if self.by_environment:
            environment.update(GOOSE_DRIVER=target[0], GOOSE_DBSTRING=target[1])
            target = []
        flags = self.flags()
        if self.dotenv and not self.by_environment:
            target = target if rng.random() < 0.15 else []
            if rng.random() < 0.3:
                flags.append(rng.choice([["-env", "other.env"], ["-env=.env"], ["-env", "none"]]))
        if rng.random() < 0.05:
            flags[0] = []
            environment["GOOSE_MIGRATION_DIR"] = "migrations"
        if self.table and rng.random() < 0.3:
            environment["GOOSE_TABLE"] = "other_table"  # the flag wins
        return Step(self.spread(target + words, flags), environment)

    def file_command(self):
        rng = self.rng
        directory = ["-dir", "migrations"]
        title = rng.choice(TITLES)
        words = rng.choice([
            ["create", title, "sql"], ["-s", "create", title, "sql"], ["create", "-s", title, "sql"],
            ["-s", "create", title, "sql"], ["-s", "create", title, "go"], ["create", title],
            ["fix"], ["fix"], ["fix"], ["validate"], ["validate"], ["-v", "validate"],
            ["-v", "validate"], ["-v", "validate"],
        ])
        if rng.random() < 0.2 and words[-1] != "validate" and "validate" not in words:
            words = [self.engine.drivers[0], self.engine.dbstrings[0]] + words
        environment = dict(ENVIRONMENT)
        if self.engine is not sql.SQLITE and "validate" in words:
            environment["GOOSE_DRIVER"] = self.engine.drivers[0]  # tells Gander how to read a body
        return Step(directory + list(words), environment)


def change(rng, names, schema, files, new_file, odd):
    """A change that a developer might make, as a Step; keeps `files` up to date."""
    kind = rng.choice(["add", "add", "add", "gap", "gap", "edit", "remove", "bad_name", "duplicate"])
    if kind == "gap" and names.gap() is not None:
        file = new_file(names.gap())
    elif kind == "edit" and files:
        old = rng.choice(files)
        files.remove(old)
        file = make_file(rng, old.name, schema.content(), odd)
    elif kind == "remove" and files:
        old = rng.choice(files)
        files.remove(old)
        return Step(remove=[old.name])
    elif kind == "bad_name":
        text = b"-- +goose Up\nSELECT 1;\n"
        name = rng.choice(["schema.sql", "x_y.sql", "0_zero.sql", "-3_minus.sql", "1.sql", "_1.sql",
                           "99999999999999999999_big.sql"])
        return Step(write=[File(name, text, text)])
    elif kind == "duplicate" and files:
        text = b"-- +goose Up\nSELECT 1;\n"
        version = int(rng.choice(files).name.split("_")[0])
        return Step(write=[File(f"{version}_again.sql", text, text)])
    else:
        file = new_file(names.next())
    files.append(file)
    return Step(write=[file])


def make_steps(rng, names, schema, files, new_file, verbose, odd):
    """Returns (steps, text of `.env` or None)."""
    commands = Commands(rng, names, verbose, schema.engine)
    steps = []
    for _ in range(rng.randint(5, 10)):
        spoiler = None  # a file that makes every command fail: one command is enough
        if rng.random() < 0.25:
            steps.append(change(rng, names, schema, files, new_file, odd))
            if steps[-1].write and steps[-1].write[0] not in files:
                spoiler = steps[-1].write[0].name
        if not steps and rng.random() < 0.6:
            commands.next = rng.choice(["up", "up-by-one"])
        steps.append(commands.file_command() if rng.random() < 0.12 else commands.command())
        if spoiler:
            steps.append(Step(remove=[spoiler]))
    return steps, commands.dotenv
