# SPDX-License-Identifier: MIT
"""Runs the example programs as their comments say and checks what they print.

    examples_test.py DIRECTORY      where the programs were built
"""
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()


class Examples(unittest.TestCase):
    def setUp(self):
        work = tempfile.TemporaryDirectory(prefix="gander-examples-")
        self.addCleanup(work.cleanup)
        self.work = pathlib.Path(work.name)

    def run_program(self, name, *arguments, code=0):
        done = subprocess.run([PROGRAMS / name, *arguments], cwd=self.work, text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def write_migrations(self, **texts):
        (self.work / "migrations").mkdir()
        for name, text in texts.items():
            (self.work / "migrations" / f"{name}.sql").write_text(text)

    def test_notes_keeps_and_finds(self):
        self.run_program("notes", "n.db", "add", "a", "grey", "goose")
        self.run_program("notes", "n.db", "add", "a swan")
        self.assertEqual(self.run_program("notes", "n.db", "find", "goose"), "1  a grey goose\n")
        with sqlite3.connect(self.work / "n.db") as database:
            versions = database.execute("SELECT version_id FROM goose_db_version ORDER BY id")
            self.assertEqual(versions.fetchall(), [(0,), (1,), (2,)])
        self.run_program("notes", code=2)

    def test_notes_upgrades_an_older_file(self):
        """The file of a release that had only the first migration."""
        with sqlite3.connect(self.work / "old.db") as database:
            database.executescript(
                "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id "
                "INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT "
                "(datetime('now')));"
                "INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1);"
                "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL, written_at TEXT);"
                "INSERT INTO note (text) VALUES ('an old goose');")
        self.assertEqual(self.run_program("notes", "old.db", "find", "goose"),
                         "1  an old goose\n")

    def test_borrowed_handle(self):
        self.assertEqual(self.run_program("borrowed_handle"),
                         "applied 2 migrations, the schema is at version 2\n"
                         "day 0: 21.0 degrees\nday 1: 19.0 degrees\n")

    def test_function_migration_runs_at_its_version(self):
        self.assertEqual(self.run_program("function_migration"),
                         "1 00001_create_articles.sql\n2 fill_slugs\n"
                         "3 00003_slugs_are_unique.sql\n"
                         "  hello-world\n  why-geese-fly-in-a-v\n4 print_slugs\n")

    def test_progress_tells_of_each_migration(self):
        self.write_migrations(**{"1_a": "-- +goose Up\nCREATE TABLE a (id INTEGER);\n",
                                 "2_b": "-- +goose Up\nCREATE TABLE b (id INTEGER);\nSELEC;\n"})
        errors = self.run_program("progress", "sqlite:p.db", "migrations", code=1)
        self.assertIn("migrations/2_b.sql:3:1: ", errors)
        self.assertIn("1 migrations were applied before; the database is at version 1", errors)
        (self.work / "migrations/2_b.sql").write_text("-- +goose Up\nSELECT 2;\n")
        self.assertEqual(self.run_program("progress", "sqlite:p.db", "migrations"),
                         "[1/1] 2_b.sql: 1 statements\ndone: version 2, 1 migrations applied\n")

    def test_progress_stops_on_an_interrupt(self):
        endless = ("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                   "SELECT count(*) FROM n;\n")
        self.write_migrations(**{"1_a": "-- +goose Up\nCREATE TABLE a (id INTEGER);\n" + endless})
        with subprocess.Popen([PROGRAMS / "progress", "sqlite:p.db", "migrations"], cwd=self.work,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              text=True) as program:
            while program.poll() is None and not (self.work / "p.db-journal").exists():
                time.sleep(0.01)
            program.send_signal(signal.SIGINT)
            self.assertIn("interrupted", program.communicate()[1])
        self.assertEqual(program.returncode, 1)
        with sqlite3.connect(self.work / "p.db") as database:
            self.assertEqual(database.execute("SELECT count(*) FROM sqlite_master").fetchall(),
                             [(0,)])

    def test_c_program(self):
        self.write_migrations(**{"1_a": "-- +goose Up\nCREATE TABLE a (id INTEGER);\n"})
        self.assertEqual(self.run_program("c_program", "sqlite:c.db", "migrations"),
                         "applied 1 migrations, now at version 1\napplied  1_a.sql\n")
        self.assertIn("not_found error: ",
                      self.run_program("c_program", "sqlite:c.db", "absent", code=1))


if __name__ == "__main__":
    unittest.main()
