#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The goose face alone, without goose: a day's work in one transcript, and what must never be said.

Usage: face_test.py GANDER. `run` beside this file compares with the real goose; this test keeps the
essentials checked on machines that have no Go. Times are masked as there.
"""

import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import differences  # noqa: E402
from twin import spawn  # noqa: E402

DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs",
                        "compatibility.md")
FILES = {
    "00001_users.sql": "-- +goose Up\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n"
                       "-- +goose Down\nDROP TABLE users;\n",
    "00002_empty.sql": "-- +goose Up\n-- +goose Down\n",
    "00004_posts.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE posts (id INTEGER);\n"
                       "-- +goose Down\nDROP TABLE posts;\n",
}
HEADER = "<t>     Applied At                  Migration\n" \
         "<t>     =======================================\n"

# command, exit code, standard error with times masked
DAY = [
    ("reset", 1, "<t> goose run: failed to get status of migrations: SQL logic error: no such table: "
                 "goose_db_version (1)\n"),
    ("down", 1, "<t> goose run: migration 0: no current version found\n"),
    ("redo", 1, "<t> goose run: no current version found\n"),
    ("version", 0, "<t> goose: version 0\n"),
    ("up-by-one", 0, "<t> OK   00001_users.sql (<d>)\n"),
    ("status", 0, HEADER + "<t>     <applied at> -- 00001_users.sql\n"
                           "<t>     Pending                  -- 00002_empty.sql\n"
                           "<t>     Pending                  -- 00004_posts.sql\n"),
    ("up-to 2", 0, "<t> EMPTY 00002_empty.sql (<d>)\n"
                   "<t> goose: successfully migrated database to version: 2\n"),
    ("up", 0, "<t> OK   00004_posts.sql (<d>)\n"
              "<t> goose: successfully migrated database to version: 4\n"),
    ("up", 0, "<t> goose: no migrations to run. current version: 4\n"),
    ("up-by-one", 1, "<t> goose: no migrations to run. current version: 4\n"
                     "<t> goose run: no next version found\n"),
    ("up-to 0", 1, "<t> goose run: no migration files found\n"),
    ("down", 0, "<t> OK   00004_posts.sql (<d>)\n"),
    ("redo", 0, "<t> EMPTY 00002_empty.sql (<d>)\n<t> EMPTY 00002_empty.sql (<d>)\n"),
    ("-no-versioning down", 0, "<t> EMPTY 00002_empty.sql (<d>)\n"),
    ("down-to 0", 0, "<t> EMPTY 00002_empty.sql (<d>)\n<t> OK   00001_users.sql (<d>)\n"
                     "<t> goose: no migrations to run. current version: 0\n"),
    ("sideways", 1, '<t> goose run: "sideways": no such command\n'),
    ("up-to x", 1, "<t> goose run: version must be a number (got 'x')\n"),
]


class Face(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        self.root = os.path.join(self.scratch.name, "root")
        os.makedirs(os.path.join(self.root, "m"))
        os.chdir(self.root)
        self.goose = os.path.join(self.scratch.name, "goose")
        os.symlink(GANDER, self.goose)

    def write(self, files):
        for name, text in files.items():
            with open(os.path.join("m", name), "w", encoding="utf-8", newline="") as stream:
                stream.write(text)

    def call(self, *arguments, environment=None):
        result = spawn([self.goose, *arguments], environment or {}, self.scratch.name)
        return result.masked()

    def test_a_day(self):
        self.write(FILES)
        for command, code, expected in DAY:
            with self.subTest(command):
                if command == "-no-versioning down":
                    os.rename("m/00004_posts.sql", "m/later")
                    expected += "<t> goose: down to current file version: 1\n"
                result = self.call("-dir", "m", "sqlite3", "app.db", *command.split())
                self.assertEqual((result.code, result.out, result.err), (code, "", expected))

    def test_called_by_subcommand(self):
        self.write(FILES)
        result = spawn([GANDER, "goose", "-dir", "m", "sqlite3", "app.db", "version"], {},
                       self.scratch.name, name="gander").masked()
        self.assertEqual((result.code, result.err), (0, "<t> goose: version 0\n"))

    def test_out_of_order(self):
        self.write(FILES)
        self.call("-dir", "m", "sqlite3", "app.db", "up")
        self.write({"00003_late.sql": "-- +goose Up\nSELECT 1;\n"})
        result = self.call("-dir", "m", "sqlite3", "app.db", "up")
        self.assertEqual(result.err, "<t> goose run: error: found 1 missing migrations before current "
                                     "version 4:\n\tversion 3: m/00003_late.sql\n")
        result = self.call("-allow-missing", "-dir", "m", "sqlite3", "app.db", "up")
        self.assertEqual(result.err, "<t> OK   00003_late.sql (<d>)\n"
                                     "<t> goose: successfully migrated database to version: 3\n")

    def test_failing_statement(self):
        self.write({"1_a.sql": "-- +goose Up\nCREATE TABLE a (x UNIQUE);\n",
                    "2_b.sql": "-- +goose Up\nINSERT INTO a VALUES ('1'), ('1');\n"})
        result = self.call("-dir", "m", "sqlite3", "app.db", "up")
        self.assertEqual((result.code, result.err), (
            1, "<t> OK   1_a.sql (<d>)\n<t> goose run: ERROR 2_b.sql: failed to run SQL migration: "
               "failed to execute SQL query \"INSERT INTO a VALUES ('1'), ('1');\": constraint "
               "failed: UNIQUE constraint failed: a.x (2067)\n"))

    def test_a_long_statement_is_shown_whole(self):
        text = "SELECT '" + "x" * 5000 + "' bogus bogus;"
        for header in ("", "-- +goose NO TRANSACTION\n"):
            self.write({"1_a.sql": f"{header}-- +goose Up\n{text}\n"})
            result = self.call("-dir", "m", "sqlite3", "app.db", "up")
            self.assertIn(f'failed to execute SQL query "{text}": SQL logic error: near', result.err)

    def test_what_no_run_can_keep_is_refused(self):
        self.write(FILES)
        for limit in ("1ns", "999us", "-1s"):
            result = self.call("-dir", "m", "-timeout", limit, "sqlite3", "app.db", "up")
            self.assertEqual((result.code, result.err), (1, "<t> goose run: context deadline exceeded\n"))
        result = self.call("-dir", "m", "sqlite3", "app.db?_txlock=bogus", "up")
        self.assertIn('unknown _txlock "bogus"', result.err)
        self.assertEqual(result.code, 1)
        self.assertFalse(os.path.exists("app.db"))

    def test_create_twice_within_a_second(self):
        results = [self.call("-dir", "m", "create", name, "sql") for name in ("a", "a", "b")]
        self.assertEqual([result.code for result in results], [0, 0, 0])
        versions = {name.split("_")[0] for name in os.listdir("m")}
        self.assertEqual(len(versions), 3)

    def test_create_onto_a_file(self):
        self.write({"00001_a.txt": ""})
        result = self.call("-dir", "m", "-s", "create", "a", "txt")
        self.assertEqual((result.code, result.err), (
            1, "<t> goose run: failed to create migration file: open m/00001_a.txt: file exists\n"))

    def test_version_is_that_of_the_reference(self):
        for flag in ("-version", "--version"):
            self.assertEqual(self.call(flag).out, "goose version: v3.30.1\n")

    def test_verbose(self):
        self.write({"1_a.sql": "-- +goose Up\nCREATE TABLE a (\n-- c\n\nx);\n"})
        result = self.call("-v", "-dir", "m", "sqlite3", "app.db", "up")
        self.assertEqual(result.err, "<t> \x1b[90mBegin transaction\x1b[00m\n"
                                     "<t> \x1b[90mExecuting statement: CREATE TABLE a (\nx);\n"
                                     "\x1b[00m\n<t> \x1b[90mCommit transaction\x1b[00m\n"
                                     "<t> OK   1_a.sql (<d>)\n"
                                     "<t> goose: successfully migrated database to version: 1\n")

    def test_files(self):
        for arguments, name in ((("-s", "create", "Add Users", "sql"), "00001_add_users.sql"),
                                (("-s", "create", "x"), "00002_x.go")):
            result = self.call("-dir", "m", *arguments)
            self.assertEqual(result.err, f"<t> Created new file: m/{name}\n")
        with open("m/00001_add_users.sql", encoding="utf-8") as stream:
            self.assertEqual(stream.read(), "-- +goose Up\nSELECT 'up SQL query';\n\n"
                                            "-- +goose Down\nSELECT 'down SQL query';\n")
        os.remove("m/00002_x.go")
        self.write({"20200101000000_y.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n"})
        result = self.call("-dir", "m", "fix")
        self.assertEqual(result.err, "<t> RENAMED 20200101000000_y.sql => 00002_y.sql\n")
        result = self.call("-dir", "m", "-v", "validate")
        self.assertEqual(result.out, "Type   Txn   Up   Down   Name                  \n"
                                     "────   ───   ──   ────   ────                  \n"
                                     "sql    ✔     1    1      00001_add_users.sql   \n"
                                     "sql    ✘     1    0      00002_y.sql           \n")

    def test_environment_and_precedence(self):
        self.write(FILES)
        with open(".env", "w", encoding="utf-8") as stream:
            stream.write("GOOSE_DRIVER=sqlite3\nGOOSE_DBSTRING=file.db\nGOOSE_MIGRATION_DIR=m\n")
        self.assertEqual(self.call("up").code, 0)
        self.assertTrue(os.path.exists("file.db"))
        self.call("up", environment={"GOOSE_DBSTRING": "variable.db"})
        self.assertTrue(os.path.exists("variable.db"))
        result = self.call("-env", "none", "up")
        self.assertEqual((result.code, result.out), (1, ""))
        self.assertIn("Usage: goose DRIVER DBSTRING [OPTIONS] COMMAND", result.err)

    def test_every_difference_is_documented(self):
        with open(DOCUMENT, encoding="utf-8") as stream:
            documented = re.findall(r"^\| (\w+) \|", stream.read(), re.M)
        listed = [difference.name for difference in differences.DIFFERENCES]
        self.assertEqual(sorted(documented), sorted(listed + ["name"]))

    def test_the_path_of_a_file_is_shown_whatever_driver_it_stands_after(self):
        os.makedirs("dir:1")
        for path in ("app.db", "./a@b.db", "dir:1/a@b.db", os.path.abspath("dir:1/long-name@b.db")):
            for driver in ("nosql", "mysql"):
                result = self.call(driver, path, "up")
                self.assertEqual(result.code, 1)
                self.assertIn(f'-dbstring="{path}": ', result.err)
        for word in ("s3cret-canary", "me/s3cret-canary@host.db", "me:s3cret-canary@host.db"):
            self.assertNotIn("canary", self.call("nosql", word, "up").err)

    def test_no_password_is_printed(self):
        secret = "s3cret-canary"
        urls = [f"postgres://u:{secret}@127.0.0.1:1/x", f"host=127.0.0.1 port=1 password={secret}",
                f"u:{secret}@tcp(127.0.0.1:1)/x", f"libsql://x?authToken={secret}"]
        self.write(FILES)
        for url in urls:
            for driver in ("postgres", "mysql", "nosql", "turso"):
                result = self.call("-dir", "m", driver, url, "status")
                self.assertEqual(result.code, 1)
                self.assertNotIn(secret, result.out + result.err, (driver, url))
            result = self.call("env", environment={"GOOSE_DBSTRING": url})
            self.assertNotIn(secret, result.out, url)


if __name__ == "__main__":
    GANDER = os.path.abspath(sys.argv.pop(1))
    unittest.main()
