#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""import and adopt, for each tool: its files become goose's, a database as the tool leaves it is taken
over, and the next migration applies.

Usage: import_test.py GANDER. The tables are those that golang-migrate 4.18, dbmate 2.33, sql-migrate
1.8, Flyway 10 and refinery 0.8 make in SQLite.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest

TABLE = "CREATE TABLE a (x INTEGER);\n"
TRIGGER = "CREATE TRIGGER g AFTER INSERT ON a BEGIN\n  DELETE FROM a WHERE x = 0;\nEND;\n"

# tool: (files of the tool, SQL that leaves the database as the tool does after the first two,
# versions adopted, version after the third)
TOOLS = {
    "golang-migrate": (
        {"000001_init.up.sql": TABLE + TRIGGER, "000001_init.down.sql": "DROP TABLE a;",
         "000002_row.up.sql": "INSERT INTO a VALUES (1)", "000002_row.down.sql": "DELETE FROM a;",
         "000003_late.up.sql": "CREATE TABLE late (y)"},
        "CREATE TABLE schema_migrations (version uint64, dirty bool);"
        "INSERT INTO schema_migrations VALUES (2, false);", [1, 2], 3),
    "dbmate": (
        {"20240101000000_init.sql": "-- migrate:up\n" + TABLE + "-- migrate:down\nDROP TABLE a;\n",
         "20240102000000_vacuum.sql": "-- migrate:up transaction:false\nVACUUM;\n-- migrate:down\n",
         "20240103000000_late.sql": "-- migrate:up\nCREATE TABLE late (y)\n"},
        "CREATE TABLE schema_migrations (version varchar(128) primary key);"
        "INSERT INTO schema_migrations VALUES ('20240101000000'), ('20240102000000');",
        [20240101000000, 20240102000000], 20240103000000),
    "sql-migrate": (
        {"1-init.sql": "-- +migrate Up\n" + TABLE + "-- +migrate StatementBegin\n" + TRIGGER +
                       "-- +migrate StatementEnd\n-- +migrate Down\nDROP TABLE a;\n",
         "add.sql": "-- +migrate Up\nINSERT INTO a VALUES (1);\n",
         "late.sql": "-- +migrate Up\nCREATE TABLE late (y);\n"},
        "CREATE TABLE gorp_migrations (id varchar(255) not null primary key, applied_at datetime);"
        "INSERT INTO gorp_migrations VALUES ('1-init.sql', '2024-01-01 00:00:00+00:00'), "
        "('add.sql', '2024-01-01 00:00:01+00:00');", [1, 2], 3),
    "flyway": (
        {"V1__init.sql": TABLE, "V1.9__row.sql": "INSERT INTO a VALUES (1);",
         "V1.10__late.sql": "CREATE TABLE late (y);", "R__view.sql": "SELECT 1;"},
        "CREATE TABLE flyway_schema_history (installed_rank INT, version VARCHAR(50), "
        "description VARCHAR(200), type VARCHAR(20), script VARCHAR(1000), checksum INT, "
        "installed_by VARCHAR(100), installed_on TEXT, execution_time INT, success BOOLEAN);"
        "INSERT INTO flyway_schema_history (installed_rank, version, type, success) VALUES "
        "(1, '1', 'SQL', 1), (2, NULL, 'SQL', 1), (3, '1.9', 'SQL', 1);", [1, 2], 3),
    "refinery": (
        {"V1__init.sql": TABLE, "V2__row.sql": "INSERT INTO a VALUES (1);",
         "V3__late.sql": "CREATE TABLE late (y);"},
        "CREATE TABLE refinery_schema_history (version int4 PRIMARY KEY, name VARCHAR(255), "
        "applied_on VARCHAR(255), checksum VARCHAR(255));"
        "INSERT INTO refinery_schema_history (version, name) VALUES (1, 'init'), (2, 'row');",
        [1, 2], 3),
}


class Import(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(scratch.name)

    def gander(self, *arguments, code=0):
        done = subprocess.run([GANDER, *arguments], capture_output=True, text=True, check=False,
                              env={"PATH": os.environ["PATH"]}, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def prepare(self, tool):
        files, sql, _, _ = TOOLS[tool]
        os.makedirs(f"{tool}/theirs")
        os.chdir(tool)
        for name, text in files.items():
            with open(os.path.join("theirs", name), "w", encoding="utf-8") as stream:
                stream.write(text)
        connection = sqlite3.connect("app.db", isolation_level=None)
        connection.executescript(TABLE + sql)
        connection.close()

    def query(self, sql):
        connection = sqlite3.connect("app.db")
        rows = connection.execute(sql).fetchall()
        connection.close()
        return rows

    def test_every_tool(self):
        start = os.getcwd()
        for tool, (_, _, adopted, last) in TOOLS.items():
            with self.subTest(tool):
                os.chdir(start)
                self.prepare(tool)
                database = ["--db", "sqlite:app.db", "--dir", "migrations"]
                imported = json.loads(self.gander("import", "theirs", "--from", tool, "--dir",
                                                  "migrations", "--json"))
                self.assertEqual([each["version"] for each in imported["imported"]],
                                 adopted + [last])
                looked = json.loads(self.gander(*database, "adopt", "--json"))
                self.assertEqual((looked["tool"], looked["done"], looked["adopted"]),
                                 (tool, False, adopted))
                self.assertEqual(self.query("SELECT 1 FROM sqlite_master WHERE name LIKE 'goose%'"),
                                 [])
                done = json.loads(self.gander(*database, "adopt", "--yes", "--json"))
                self.assertEqual((done["done"], done["adopted"]), (True, adopted))
                self.assertEqual(self.query("SELECT version_id FROM goose_db_version ORDER BY id"),
                                 [(version,) for version in [0] + adopted])
                self.gander(*database, "up", "--strict")
                self.assertEqual(self.query("SELECT count(*) FROM late"), [(0,)])
                self.gander(*database, "adopt", code=2)
                self.gander("--db", "sqlite:new.db", "--dir", "migrations", "up")

    def test_tool_is_found_by_looking(self):
        start = os.getcwd()
        for tool in ("golang-migrate", "dbmate", "sql-migrate", "flyway"):
            os.chdir(start)
            self.prepare(tool)
            self.assertIn(f" of {tool}.", self.gander("import", "theirs", "--dir", "migrations"))

    def test_a_failed_migration_is_not_adopted(self):
        self.prepare("golang-migrate")
        connection = sqlite3.connect("app.db", isolation_level=None)
        connection.execute("UPDATE schema_migrations SET dirty = true")
        connection.close()
        self.gander("import", "theirs", "--dir", "migrations")
        self.gander("--db", "sqlite:app.db", "--dir", "migrations", "adopt", "--yes", code=4)
        self.assertEqual(self.query("SELECT 1 FROM sqlite_master WHERE name LIKE 'goose%'"), [])

    def test_what_has_no_file_is_not_adopted(self):
        self.prepare("dbmate")
        os.remove("theirs/20240102000000_vacuum.sql")
        self.gander("import", "theirs", "--dir", "migrations")
        self.gander("--db", "sqlite:app.db", "--dir", "migrations", "adopt", code=3)

    def test_nothing_is_overwritten(self):
        self.prepare("refinery")
        self.gander("import", "theirs", "--dir", "theirs", code=2)
        self.gander("import", "theirs", "--from", "refinery", "--dir", "migrations")
        self.gander("import", "theirs", "--from", "refinery", "--dir", "migrations", code=3)


if __name__ == "__main__":
    GANDER = os.path.abspath(sys.argv.pop(1))
    unittest.main()
