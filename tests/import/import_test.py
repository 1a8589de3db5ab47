#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""import and adopt, for each tool: its files become goose's, a database as the tool leaves it is taken
over, and the next migration applies.

Usage: import_test.py GANDER. The databases are made by the SQL of tools.py; real_tools_test.py has the
tools themselves make them.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from tools import TABLE, TOOLS

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
        found = next(each for each in TOOLS if each.name == tool)
        os.makedirs(f"{tool}/theirs")
        os.chdir(tool)
        for name, text in found.files.items():
            with open(os.path.join("theirs", name), "w", encoding="utf-8") as stream:
                stream.write(text)
        connection = sqlite3.connect("app.db", isolation_level=None)
        connection.executescript(TABLE + found.sql)
        connection.close()

    def query(self, sql):
        connection = sqlite3.connect("app.db")
        rows = connection.execute(sql).fetchall()
        connection.close()
        return rows

    def test_every_tool(self):
        start = os.getcwd()
        for tool, adopted, last in ((t.name, list(t.adopted), t.last) for t in TOOLS):
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
