# SPDX-License-Identifier: MIT
"""One example of every entry of differences.DIFFERENCES, run with both programs.

Entry point: run(). goose's answer is checked as well: an entry that goose no longer deserves fails.
"""

import os
import re
import sqlite3
import tempfile
import threading
import time
from dataclasses import dataclass, field

import differences
import mysql
from twin import spawn

OK = r"OK   1_a.sql|EMPTY 1_a.sql"
UP = ["-dir", "m", "sqlite3", "app.db", "up"]
TABLE = "CREATE TABLE a (x);\n"


@dataclass
class Demonstration:
    name: str
    files: dict          # name -> text, below m/
    commands: list       # argument lists; the answers to the last one count
    goose: tuple         # exit code, regular expression that its output must contain
    gander: tuple
    rows: dict = field(default_factory=dict)  # query -> rows in Gander's database afterwards
    absent: str = ""     # must not occur in Gander's output, and does occur in goose's
    directory: str = "m"
    environment: dict = field(default_factory=dict)


def migration(name, text, goose, gander=(0, OK), rows=None, commands=(UP,)):
    return Demonstration(name, {"1_a.sql": text}, list(commands), goose, gander, rows or {})


DEMONSTRATIONS = [
    migration("bom", "\ufeff-- +goose Up\n" + TABLE, (1, "unexpected state 0"),
              rows={"SELECT name FROM sqlite_master WHERE name = 'a'": [("a",)]}),
    migration("prose", "-- see the +goose manual\n-- +goose Up\n" + TABLE,
              (1, "failed to parse annotation line")),
    migration("licence", "/* licence */\n-- +goose Up\n" + TABLE, (1, "unexpected state 0")),
    migration("glued_comment", "-- +goose Up\n" + TABLE + "INSERT INTO a VALUES (1);--one\n",
              (1, "missing semicolon"), rows={"SELECT x FROM a": [(1,)]}),
    migration("block_comment", "-- +goose Up\n" + TABLE + "INSERT INTO a VALUES (1); /* one */\n",
              (1, "missing semicolon"), rows={"SELECT x FROM a": [(1,)]}),
    migration("trailing_block_comment", "-- +goose Up\n" + TABLE + "/* the end */\n",
              (1, "missing semicolon")),
    migration("blank_then_comment", "-- +goose Up\n" + TABLE + "  \n-- the end\n",
              (1, "missing semicolon")),
    migration("literal", "-- +goose Up\n" + TABLE + "INSERT INTO a VALUES ('one;\ntwo');\n",
              (1, "unrecognized token"), rows={"SELECT x FROM a": [("one;\ntwo",)]}),
    migration("comment_semicolon",
              "-- +goose Up\n" + TABLE + "INSERT INTO a--one;\nVALUES (1);\n",
              (1, "incomplete input"), rows={"SELECT x FROM a": [(1,)]}),
    migration("comment_semicolon", "-- +goose Up\n" + TABLE + "INSERT INTO a VALUES (1)--one;\n",
              (0, OK), (1, r"m/1_a.sql:3:1: .*missing semicolon")),
    migration("trigger_without_marks",
              "-- +goose Up\n" + TABLE + "CREATE TRIGGER g AFTER INSERT ON a BEGIN\n"
              "  DELETE FROM a WHERE x = 1;\nEND;\nINSERT INTO a VALUES (1), (2);\n",
              (1, "incomplete input"), rows={"SELECT x FROM a": [(2,)]}),
    migration("empty_block",
              "-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementEnd\n" + TABLE +
              "CREATE TABLE b (y);\n", (0, OK),
              rows={"SELECT name FROM sqlite_master WHERE name IN ('a', 'b') ORDER BY 1":
                    [("a",), ("b",)]}),
    migration("other_direction",
              "-- +goose Up\n" + TABLE + "-- +goose Down\n-- +goose ENVSUB ON\n"
              "DROP TABLE ${T_UNSET?not given};\n", (1, "variable substitution failed")),
    Demonstration("go_first", {"1_a.sql": "-- +goose Up\n" + TABLE, "2_b.go": "package m\n"}, [UP],
                  (1, r"OK   1_a.sql[^$]*ERROR m/2_b.go: failed to run Go migration"),
                  (1, r"\A\S+ \S+ goose run: ERROR m/2_b.go: failed to run Go migration"),
                  {"SELECT count(*) FROM sqlite_master WHERE name = 'a'": [(0,)]}),
    migration("static_check", "-- +goose Up\n" + TABLE + "VACUUM;\n", (1, "failed to execute SQL query"),
              (1, r"m/1_a.sql:3.*cannot run inside a transaction")),
    migration("parse_wording", "-- +goose Up\n" + TABLE + "SELECT 1\n", (1, "state 1, direction: up"),
              (1, r"m/1_a.sql:3:1: .*missing semicolon")),
    Demonstration("resume",
                  {"1_a.sql": "-- +goose NO TRANSACTION\n-- +goose Up\n" + TABLE +
                              "INSERT INTO late VALUES (1);\n"},
                  [UP, ["sqlite", "app.db", "CREATE TABLE late (x)"], UP],
                  (1, "table a already exists"), (0, OK), {"SELECT x FROM late": [(1,)]}),
    Demonstration("missing_first",
                  {"1_a.sql": "-- +goose Up\n" + TABLE,
                   "2_b.sql": "-- +goose Up\nCREATE TABLE b (y);\n-- +goose Down\nDROP TABLE b;\n"},
                  [UP, ["remove", "m/1_a.sql"], UP[:-1] + ["down-to", "0"]],
                  (1, r"OK   2_b.sql[^$]*file not found for current version \(1\)"),
                  (1, r"\A\S+ \S+ goose: migration file not found for current version \(1\), error: no "
                      r"current version found\n\S+ \S+ goose run: no current version found"),
                  {"SELECT count(*) FROM sqlite_master WHERE name = 'b'": [(1,)]}),
    migration("lost_transaction", "-- +goose NO TRANSACTION\n-- +goose Up\nBEGIN;\n" + TABLE, (0, OK),
              (1, "begins a transaction that it does not end")),
    migration("own_transaction", "-- +goose Up\n" + TABLE + "COMMIT;\n",
              (1, "cannot commit - no transaction is active"),
              (1, "the file begins or ends a transaction of its own"),
              rows={"SELECT count(*) FROM sqlite_master WHERE name = 'a'": [(0,)]}),
    migration("rollback",
              "-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\nBEGIN;\n" + TABLE +
              "ROLLBACK;\n-- +goose StatementEnd\n", (0, OK),
              (1, r"m/1_a.sql:6:1: .*undoes what the file has done")),
    migration("lookalike", "-- +goose Up\n" + TABLE + "-- +Goose Down\nDROP TABLE a;\n", (0, OK),
              (0, r"WARNING m/1_a.sql:3: this looks like the annotation '-- \+goose Down'")),
    Demonstration("empty_table", {"1_a.sql": "-- +goose Up\n" + TABLE},
                  [UP[:-1] + ["version"], ["sqlite", "app.db", "DELETE FROM goose_db_version"], UP],
                  (1, "no next version found"), (0, OK)),
    Demonstration("duplicate", {"1_a.sql": "-- +goose Up\n", "01_b.sql": "-- +goose Up\n"}, [UP],
                  (2, "panic: goose: duplicate version 1 detected"),
                  (1, r"goose run: .*duplicate version 1 detected")),
    Demonstration("usage", {}, [["-nope"]], (2, "flag provided but not defined: -nope"),
                  (2, r"flag provided but not defined: -nope\nUsage: goose DRIVER DBSTRING")),
    Demonstration("password", {}, [["env"]], (0, "s3cret"), (0, "GOOSE_DBSTRING="), absent="s3cret",
                  environment={"GOOSE_DBSTRING": "postgres://u:s3cret@h/db"}),
    Demonstration("password", {}, [["nosql", "postgres://u:s3cret@h/db", "up"]],
                  (1, "s3cret"), (1, '"nosql": unknown dialect'), absent="s3cret"),
    migration("trace", "-- +goose Up\n" + TABLE, (0, "StateMachine"),
              (0, r"Executing statement: CREATE TABLE a"),
              commands=[["-v"] + UP]),
    Demonstration("one_error", {}, [["sqlite3", "nowhere/app.db", "version"]],
                  (1, r"unable to open database file \(14\); unable to open database file \(14\)"),
                  (1, r"goose run: unable to open database file: cannot open the database nowhere/app.db: "
                      r"there is no directory nowhere \(14\)")),
    Demonstration("table_name", {"1_a.sql": "-- +goose Up\n" + TABLE}, [["-table", "my table"] + UP],
                  (1, "syntax error"), (0, OK), {'SELECT version_id FROM "my table"': [(0,), (1,)]}),
    Demonstration("no_color", {}, [["env"]], (0, 'NO_COLOR="false"'), (0, 'NO_COLOR="true"'),
                  environment={"NO_COLOR": "yes"}),
    Demonstration("dotenv", {"../.env": "no variable\n"}, [["sqlite3", "app.db", "version"]],
                  (0, r"\A\S+ \S+ goose: version 0\n\Z"),
                  (0, r"warning: .env is not read: .*\n\S+ \S+ goose: version 0\n\Z")),
    Demonstration("substituted",
                  {"1_a.sql": "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${T_SECRET}' bogus bogus;\n"},
                  [UP], (1, r"s3cret"), (1, r"SELECT '\$\{T_SECRET\}' bogus bogus"), absent="s3cret",
                  environment={"T_SECRET": "s3cret"}),
    Demonstration("init_text", {}, [["-dir", "fresh", "init"]], (0, "Created new file: fresh/"),
                  (0, "Created new file: fresh/")),
    Demonstration("fix_path", {"20200101000000_a.sql": "-- +goose Up\n"},
                  [["-dir", "20200101000000", "fix"]], (1, "rename"),
                  (0, "RENAMED 20200101000000_a.sql => 00001_a.sql"), directory="20200101000000"),
    Demonstration("fix_overwrites",
                  {"20200101010099_sequential.sql": "-- +goose Up\n",
                   "20190101000000_a.sql": "-- +goose Up\n",
                   "20200101010100_a.sql": "-- +goose Up\n"},
                  [["-dir", "m", "fix"]],
                  (0, r"RENAMED 20190101000000_a.sql => 20200101010100_a.sql\n"
                      r".*RENAMED 20200101010100_a.sql"), (1, "the file exists already")),
    Demonstration("create_name", {}, [["-dir", "m", "-s", "create", "", "sql"]],
                  (0, "Created new file: m/00001_.sql"), (1, "no letter and no digit")),
    migration("dbstring", "-- +goose Up\n" + TABLE, (0, OK), (1, "names no file"),
              commands=[["-dir", "m", "sqlite3", "", "up"]]),
    migration("dbstring", "-- +goose Up\n" + TABLE, (0, OK), (1, "cannot be set in a database URL"),
              commands=[["-dir", "m", "sqlite3", "app.db?_pragma=writable_schema(1)", "up"]]),
    migration("journal_mode", "-- +goose Up\n" + TABLE + "PRAGMA journal_mode = WAL;\n", (0, OK),
              (1, "has no effect within a transaction")),
    Demonstration("directory_name", {"1_a.sql": "-- +goose Up\n" + TABLE},
                  [["-dir", "m[1]", "sqlite3", "app.db", "up"]], (1, "no migration files found"),
                  (0, OK), directory="m[1]"),
    Demonstration("driver", {"1_a.sql": "-- +goose Up\n"},
                  [["-dir", "m", "mssql", "sqlserver://127.0.0.1:1", "status"]],
                  (1, "connection refused"), (1, "no driver for 'mssql' in this build")),
]


class Stage:
    """A directory for each program, and what the demonstrations do besides calling it."""

    def __init__(self, programs, scratch):
        self.programs = programs
        self.scratch = scratch
        self.commands = 0

    def play(self, demonstration, number, which):
        root = os.path.join(self.scratch, f"demonstration-{number}-{which}")
        os.makedirs(os.path.join(root, demonstration.directory))
        os.chdir(root)
        for name, text in demonstration.files.items():
            with open(os.path.join(demonstration.directory, name), "w", encoding="utf-8",
                      newline="") as stream:
                stream.write(text)
        result = None
        for command in demonstration.commands:
            if command[0] == "sqlite":
                sql(command[1], command[2])
            elif command[0] == "remove":
                os.remove(command[1])
            else:
                self.commands += 1
                result = spawn([self.programs[which]] + command, demonstration.environment,
                               self.scratch)
        return result

    def check(self, demonstration, number):
        """None, or what is not as the demonstration says."""
        for which, name in enumerate(("goose", "gander")):
            code, pattern = getattr(demonstration, name)
            result = self.play(demonstration, number, which)
            text = result.out + result.err
            if result.code != code or not re.search(pattern, text):
                return f"{name}: exit {result.code} instead of {code}, or no {pattern!r} in:\n{text}"
            absent = demonstration.absent
            if absent and (absent in text) != (which == 0):
                return f"{name}: {absent!r} in:\n{text}"
        for query, rows in demonstration.rows.items():
            found = sql("app.db", query)
            if found != rows:
                return f"gander: {query}: {found}"
        return None

    def create_twice(self):
        """Both programs make files as fast as they can: some of them within one second."""
        command, answers = ["create", "a", "sql"], []
        for which, _ in enumerate(self.programs):
            root = os.path.join(self.scratch, f"twice-{which}")
            os.makedirs(root)
            os.chdir(root)
            results = [spawn([self.programs[which]] + command, {}, self.scratch) for _ in range(5)]
            self.commands += len(results)
            refused = [result.err for result in results if result.code != 0]
            answers.append((refused, len(os.listdir(root))))
        (refused, _), ours = answers
        if refused and all("_a.sql: file exists" in text for text in refused) and ours == ([], 5):
            return None
        return f"goose: {answers[0]}, gander: {ours}"

    def busy(self):
        """The database is locked while the command starts, and for a moment longer."""
        answers = []
        for which, _ in enumerate(self.programs):
            root = os.path.join(self.scratch, f"busy-{which}")
            os.makedirs(os.path.join(root, "m"))
            os.chdir(root)
            with open("m/1_a.sql", "w", encoding="utf-8") as stream:
                stream.write("-- +goose Up\n" + TABLE)
            holder = sqlite3.connect("app.db", isolation_level=None, check_same_thread=False)
            holder.execute("BEGIN EXCLUSIVE")

            def release():
                time.sleep(0.5)
                holder.execute("ROLLBACK")
                holder.close()

            thread = threading.Thread(target=release)
            thread.start()
            self.commands += 1
            answers.append(spawn([self.programs[which]] + UP, {}, self.scratch))
            thread.join()
        goose, gander = answers
        if goose.code == 1 and "SQLITE_BUSY" in goose.err and gander.code == 0:
            return None
        return f"goose: {goose.err}gander: {gander.err}"


    def on_mysql(self, up, commands, query):
        """A file, and what each program answers to `commands` (goose's, or SQL in between): pairs of
        exit code and rows. None: there is no server here."""
        if not mysql.available():
            print("*** SKIPPED: there are no MariaDB server programs here ***")
            return None
        answers = []
        with mysql.Servers(self.scratch) as servers:
            for which, server in enumerate(servers.both):
                root = tempfile.mkdtemp(dir=self.scratch)
                os.chdir(root)
                with open("1_a.sql", "w", encoding="utf-8") as stream:
                    stream.write("-- +goose Up\n" + up)
                answers.append([])
                for command in commands:
                    if " " in command:
                        server.ask(mysql.DATABASE, command)
                        continue
                    self.commands += 1
                    result = spawn([self.programs[which], "mysql", server.dbstring(mysql.DATABASE),
                                    command], {}, self.scratch)
                    rows = server.ask(mysql.DATABASE, query)
                    answers[-1].append((result.code, rows))
        return answers

    def half_file(self):
        """A file that fails behind a change of the schema, and what the second `up` makes of it."""
        answers = self.on_mysql(
            "CREATE TABLE a (x INT);\nINSERT INTO a VALUES (1);\nINSERT INTO late VALUES (2);\n",
            ["up", "CREATE TABLE late (x INT)", "up"], "SELECT x FROM a")
        right = [[(1, ["1"]), (1, ["1"])], [(1, []), (0, ["1"])]]
        return None if answers in (None, right) else str(answers)

    def several(self):
        answers = self.on_mysql("CREATE TABLE a (x INT);\nINSERT INTO a VALUES (1); INSERT INTO a "
                                "VALUES (2);\n", ["up"], "SELECT x FROM a")
        right = [[(1, [])], [(0, ["1", "2"])]]
        return None if answers in (None, right) else str(answers)

    def no_table(self):
        answers = self.on_mysql("CREATE TABLE a (x INT);\n", ["reset"], "SHOW TABLES")
        return None if answers in (None, [[(1, [])], [(1, [])]]) else str(answers)


def sql(path, statement):
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def run(programs, scratch):
    """Returns (examples passed, explanations, commands)."""
    stage = Stage(programs, scratch)
    passed, failures = 0, []
    results = [(d.name, stage.check(d, n)) for n, d in enumerate(DEMONSTRATIONS)]
    results += [("busy", stage.busy()), ("create_twice", stage.create_twice()),
                ("half_file", stage.half_file()),
                ("several", stage.several()), ("no_table", stage.no_table())]
    for name, explanation in results:
        if explanation:
            failures.append(f"FAILED demonstration {name}: {explanation}")
        else:
            passed += 1
    listed = {difference.name for difference in differences.DIFFERENCES}
    for name in sorted(listed ^ {name for name, _ in results}):
        failures.append(f"FAILED demonstration {name}: listed or shown, but not both")
    return passed, failures, stage.commands
