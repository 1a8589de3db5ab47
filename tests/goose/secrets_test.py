#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Values that ENVSUB puts into a script, and the password of the database's URL, are in no output of
either face and in no table but those that the script itself fills with them.

Every way of failing that makes a database quote a statement or a row is played with a canary, on
SQLite and, where the machine has a server, on PostgreSQL. All tables of all schemas are read whole.
"""
import os
import pathlib
import re
import sqlite3
import subprocess
import tempfile
import unittest

import postgres

PROGRAM = os.path.abspath(os.environ.get("GANDER", "build/gander"))
CANARY = "C4n4ry-sings_it''s"
PASSWORD = "p4ssw0rd-of-canaries"
# No part of it may be seen, in any case, as the script has it or as the database reads it.
PATTERN = "c4n4ry|sings_it|it''?s\\b|" + "C4n4ry".encode().hex() + "|p4ssw0rd|of-canaries"
TRACES = re.compile(PATTERN, re.I)
# What the migrations make, and fill with the canary themselves.
OF_THE_SCRIPTS = ("t", "b", "c", "d", "e")
VALUES = {"T_CANARY": CANARY, "T_NAME": "C4n4ry_sings_it", "T_SQL": "SELECT C4n4ry FROM sings_it"}
ENVSUB = "-- +goose Up\n-- +goose ENVSUB ON\n"

# Each: what the last file holds, and the line that the error must show.
FAILING = {
    "syntax": ("INSERT INTO t VALUES (2, '${T_CANARY}') bogus here;",
               "INSERT INTO t VALUES (2, '${T_CANARY}') bogus here;"),
    "unclosed": ("INSERT INTO t VALUES (2, '${T_CANARY});", "INSERT INTO t VALUES (2, '${T_CANARY});"),
    "unique": ("INSERT INTO t VALUES (2, '${T_CANARY}');", "INSERT INTO t VALUES (2, '${T_CANARY}');"),
    "no_table": ("SELECT 1;\n  SELECT * FROM $T_NAME;", "  SELECT * FROM $T_NAME;"),
    "no_column": ("SELECT $T_NAME FROM t;", "SELECT $T_NAME FROM t;"),
    "a_piece": ("SELECT ${T_NAME:0:6} FROM t;", "SELECT ${T_NAME:0:6} FROM t;"),
    "a_default": ("SELECT ${T_UNSET:-$T_NAME} FROM t;", "SELECT ${T_UNSET:-$T_NAME} FROM t;"),
    "statement": ("$T_SQL;", "$T_SQL;"),
    "check": ("INSERT INTO t VALUES (-1, '${T_CANARY} again');",
              "INSERT INTO t VALUES (-1, '${T_CANARY} again');"),
    "in_a_message": ("SELECT '${T_UNSET?ask $T_NAME}';", "SELECT '${T_UNSET?ask $T_NAME}';"),
}
ON_POSTGRES = {
    "cast": ("SELECT '${T_CANARY}'::integer;", "SELECT '${T_CANARY}'::integer;"),
    "json": ("SELECT '{\"a\": ${T_NAME}}'::json;", "SELECT '{\"a\": ${T_NAME}}'::json;"),
    "bytea": ("CREATE TABLE b (x bytea PRIMARY KEY);\n"
              "INSERT INTO b VALUES ('${T_NAME}'), ('${T_NAME}');",
              "INSERT INTO b VALUES ('${T_NAME}'), ('${T_NAME}');"),
    "raised": ("DO 'BEGIN RAISE NOTICE ''$T_NAME''; RAISE WARNING ''$T_NAME''; "
               "EXECUTE ''SELECT $T_NAME''; END';",
               "DO 'BEGIN RAISE NOTICE ''$T_NAME''; RAISE WARNING ''$T_NAME''; "
               "EXECUTE ''SELECT $T_NAME''; END';"),
    "at_commit": ("CREATE TABLE c (x text UNIQUE DEFERRABLE INITIALLY DEFERRED);\n"
                  "INSERT INTO c VALUES ('${T_CANARY}'), ('${T_CANARY}');\nSELECT 1;", ""),
    "index": ("INSERT INTO t VALUES (2, 'x');\nCREATE TABLE d AS SELECT '${T_CANARY}' AS x FROM t;\n"
              "CREATE UNIQUE INDEX ON d (x);", "CREATE UNIQUE INDEX ON d (x);"),
    "copy": ("CREATE TABLE e (x integer);\nCOPY e FROM stdin;\n${T_NAME}\n\\.\n", ""),
}
DOWN = "-- +goose Down\n"
EMPTY = """DO $$ DECLARE s name; BEGIN
  FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  LOOP EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP;
  CREATE SCHEMA public;
END $$"""


class Sqlite:
    def __init__(self, directory):
        self.path = directory / "app.db"
        self.url, self.driver, self.dbstring = "sqlite:app.db", "sqlite3", "app.db"

    def tables(self):
        """Each table of the file, by its name, with all that it holds."""
        if not self.path.exists():
            return {}
        connection = sqlite3.connect(self.path)
        found = {"sqlite_master": repr(connection.execute("SELECT * FROM sqlite_master").fetchall())}
        for name in [row[0] for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'")]:
            found[name] = repr(connection.execute(f'SELECT * FROM "{name}"').fetchall())
        connection.close()
        return found

    def records(self):
        """All that the version table and the tables beside it hold, as one text."""
        return "".join(text for name, text in self.tables().items() if name.startswith("goose_db"))

    def telling(self):
        """The tables that hold a canary."""
        return [name for name, text in self.tables().items() if TRACES.search(text)]

    def execute(self, text):
        connection = sqlite3.connect(self.path)
        connection.executescript(text)
        connection.close()


class Postgres:
    made = {}  # by server, the transaction from which on its database holds what the tests do

    def __init__(self, server, name):
        self.server, self.name = server, name
        if server.process not in self.made:  # a database of its own for each case costs seconds
            server.recreate(name)
            self.made[server.process] = int(server.ask(name, "SELECT txid_current()"))
        self.oldest = self.made[server.process]
        server.ask(name, EMPTY)
        # The server trusts whoever comes, and the password goes all the way to it.
        self.url = f"postgres://postgres:{PASSWORD}@/{name}?host={server.directory}"
        self.driver = "postgres"
        self.dbstring = server.dbstring(name) + f" password={PASSWORD}"

    def records(self):
        query = ("SELECT string_agg(query_to_xml(format('SELECT * FROM %I', relname), true, false, '')"
                 "::text, ' ') FROM pg_class WHERE relkind = 'r' AND relname LIKE 'goose_db_version%'")
        return self.server.ask(self.name, query)

    def telling(self):
        """The tables that hold a canary, in every schema, those of the server itself included."""
        pattern = PATTERN.replace("\\b", "\\y").replace("'", "''")
        # What it samples of the columns of other tables is no place of its own. Rows older than the
        # tests are those that every database is made with, and most of what there is to read.
        query = ("SELECT nspname || '.' || relname FROM pg_class c JOIN pg_namespace n"
                 " ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'm')"
                 " AND relname NOT LIKE 'pg\\_statistic%' AND query_to_xml(format('SELECT 1 FROM"
                 f" %s x WHERE CASE WHEN xmin::text::bigint >= {self.oldest} THEN x::text ~* %L END"
                 f" LIMIT 1', c.oid::regclass, '{pattern}'),"
                 " false, false, '')::text LIKE '%<row%'")
        names = self.server.ask(self.name, query).split()
        return [name.removeprefix("public.") for name in names]

    def execute(self, text):
        self.server.ask(self.name, text)


class Stage:
    """A directory with one migration that works, which fills a table with the canary, and one that
    fails."""

    def __init__(self, test, database, failing, header=ENVSUB, down=""):
        self.test = test
        self.database = database
        migrations = test.directory / "migrations"
        migrations.mkdir(exist_ok=True)
        (migrations / "1_fill.sql").write_text(
            ENVSUB + "CREATE TABLE t (a integer CHECK (a > 0), b varchar(200) UNIQUE);\n"
            "INSERT INTO t VALUES (1, '${T_CANARY}');\n" + down)
        (migrations / "2_fail.sql").write_text(header + failing + "\n")

    def gander(self, *arguments):
        return self.run(PROGRAM, [*arguments, "--db", self.database.url])

    def goose(self, *command):
        return self.run(self.test.link, ["-dir", "migrations", "-v", self.database.driver,
                                         self.database.dbstring, *command])

    def run(self, program, arguments):
        done = subprocess.run([program, *arguments], cwd=self.test.directory, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, env=self.test.environment)
        self.silent(done.stdout, arguments)
        return done

    def silent(self, text, what):
        found = TRACES.search(text)
        self.test.assertIsNone(found, f"{found and found.group()!r} is shown by {what}:\n{text}")

    def look_around(self):
        """All that looks, after a failure."""
        for command in (["status"], ["history"], ["doctor"], ["plan", "--sql"], ["validate"],
                        ["status", "--json"], ["history", "--json"], ["plan", "--sql", "--json"]):
            self.gander(*command)
        found = [name for name in self.database.telling() if name not in OF_THE_SCRIPTS]
        self.test.assertEqual(found, [], "tables that hold a canary")


class SecretsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="gander-secrets-")
        cls.server = None
        if postgres.available():
            cls.server = postgres.Server(cls.scratch.name)
            cls.server.__enter__()

    @classmethod
    def tearDownClass(cls):
        if cls.server is not None:
            cls.server.__exit__(None, None, None)
        cls.scratch.cleanup()

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="gander-secrets-")
        self.addCleanup(holder.cleanup)
        self.directory = pathlib.Path(holder.name)
        self.link = self.directory / "goose"
        self.link.symlink_to(PROGRAM)
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": holder.name, "LC_ALL": "C.UTF-8", **VALUES}

    def databases(self):
        yield "sqlite", Sqlite(self.directory)
        if self.server is not None:
            yield "postgres", Postgres(self.server, "secrets")

    def clear(self):
        for path in self.directory.glob("app.db*"):
            path.unlink()

    def play(self, title, failing, shown, header=ENVSUB, databases=("sqlite", "postgres")):
        for calls in ("gander", "goose"):
            for name, database in self.databases():
                if name not in databases:
                    continue
                with self.subTest(title, face=calls, database=name):
                    self.clear()
                    stage = Stage(self, database, failing, header)
                    if calls == "goose":
                        self.assertEqual(stage.goose("up").returncode, 1)
                        stage.goose("status")
                    else:
                        done = stage.gander("-v", "up")
                        self.assertNotEqual(done.returncode, 0, done.stdout)
                        self.assertIn(shown, done.stdout)
                        stage.gander("--json", "up")
                    stage.look_around()

    def test_failing_statements(self):
        for title, (failing, shown) in FAILING.items():
            self.play(title, failing, shown)

    def test_failing_statements_of_postgres(self):
        if self.server is None:
            self.skipTest("no PostgreSQL server programs")
        for title, (failing, shown) in ON_POSTGRES.items():
            self.play(title, failing, shown, databases=("postgres",))

    def test_without_a_transaction(self):
        header = "-- +goose NO TRANSACTION\n" + ENVSUB
        for title in ("syntax", "unique", "no_table"):
            self.play(title, "INSERT INTO t VALUES (7, 'x');\n" + FAILING[title][0],
                      FAILING[title][1], header)

    def test_in_transactions_of_its_own(self):
        header = "-- +goose NO TRANSACTION\n" + ENVSUB
        for title in ("syntax", "unique"):
            self.play(title, "BEGIN;\nINSERT INTO t VALUES (7, 'x');\nCOMMIT; " + FAILING[title][0] +
                      " SELECT 1;", FAILING[title][1], header)

    def test_on_the_way_down(self):
        down = ("-- +goose Down\n-- +goose ENVSUB ON\nINSERT INTO t VALUES (2, '${T_CANARY}');\n")
        for name, database in self.databases():
            with self.subTest(database=name):
                stage = Stage(self, database, "SELECT 1;", down=down)
                self.assertEqual(stage.gander("up").returncode, 0)
                self.assertEqual(stage.gander("-v", "down-to", "0").returncode, 1)
                self.assertEqual(stage.goose("reset").returncode, 1)
                self.assertNotEqual(stage.gander("redo", "--json").returncode, 0)
                stage.look_around()

    def test_search_of_the_tables_finds_a_canary(self):
        for name, database in self.databases():
            with self.subTest(database=name):
                stage = Stage(self, database, "SELECT 1;")
                self.assertEqual(stage.gander("up").returncode, 0)
                self.assertEqual(database.telling(), ["t"])
                held = ["t"]
                for number, text in enumerate((CANARY, f"a {PASSWORD}", "it''s", "P4SSW0RD")):
                    held.append(f"found_{number}")
                    database.execute(f"CREATE TABLE found_{number} AS SELECT '{text}' AS x")
                self.assertEqual(sorted(database.telling()), sorted(held))
                if name == "postgres":
                    database.execute("CREATE SCHEMA other; CREATE TABLE other.found AS"
                                     f" SELECT '{PASSWORD}' AS x")
                    self.assertIn("other.found", database.telling())

    def test_schemas_and_tables_of_records_elsewhere(self):
        for name, database in self.databases():
            table = "records.goose" if name == "postgres" else "other_records"
            for calls in ("gander", "goose"):
                with self.subTest(database=name, face=calls):
                    self.clear()
                    if name == "postgres":
                        database = Postgres(self.server, "secrets")
                        database.execute("CREATE SCHEMA records")
                    stage = Stage(self, database, *FAILING["unique"][:1])
                    if calls == "goose":
                        done = stage.goose("-table", table, "up")
                    else:
                        done = stage.gander("up", "--table", table)
                    self.assertEqual(done.returncode in (0, 2), False, done.stdout)
                    self.assertIn("t", database.telling())
                    stage.look_around()

    # The records of a run that works hold no text of a statement either.
    def test_in_a_run_that_works(self):
        for name, database in self.databases():
            with self.subTest(database=name):
                stage = Stage(self, database, "SELECT '${T_CANARY}';")
                plan = stage.gander("plan", "--sql").stdout
                self.assertIn("INSERT INTO t VALUES (1, '${T_CANARY}');", plan)
                self.assertEqual(stage.gander("-v", "up").returncode, 0)
                stage.look_around()

    # History keeps what failed, but no SQL, with or without variables.
    def test_records_hold_no_sql(self):
        for name, database in self.databases():
            with self.subTest(database=name):
                stage = Stage(self, database, "INSERT INTO t VALUES (2, 'a literal') bogus;")
                self.assertEqual(stage.gander("up").returncode, 1)
                records = database.records()
                self.assertIn("2_fail.sql:3:", records)
                self.assertNotIn("a literal", records)


if __name__ == "__main__":
    unittest.main()
