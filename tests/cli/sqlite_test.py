#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The program on SQLite databases in places that are not as they should be."""

import os
import shutil
import sqlite3
import subprocess
import unittest

from support import PROGRAM, CliTest

TABLE_A = "-- +goose Up\nCREATE TABLE a (x int);\n"
NOBODY = 65534


class Names(CliTest):
    def test_what_looks_like_a_migration_is_named_and_not_taken(self):
        self.write("migrations/1_a.sql", TABLE_A)
        self.write("migrations/2_B.SQL", TABLE_A)
        self.write("migrations/._1_a.sql", "\0\5\26\7")
        for command in (["validate"], ["--db", "sqlite:app.db", "up"]):
            done = self.gander(*command)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stderr.count("2_B.SQL looks like a migration and is not taken"), 1)
            self.assertEqual(done.stderr.count("._1_a.sql is no migration"), 1)

    def test_goose_does_not_see_capitals(self):
        self.write("migrations/1_a.sql", TABLE_A)
        self.write("migrations/2_B.SQL", TABLE_A)
        done = self.gander("goose", "-dir", "migrations", "sqlite3", "app.db", "up")
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("2_B.SQL", done.stdout + done.stderr)


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv") and shutil.which("unshare"),
                     "takes root, setpriv and unshare")
class ReadOnly(CliTest):
    def setUp(self):
        super().setUp()
        self.write("migrations/1_a.sql", TABLE_A)
        self.gander("--db", "sqlite:app.db", "up")
        connection = sqlite3.connect(os.path.join(self.directory, "app.db"))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.close()
        os.chmod(self.directory, 0o755)

    def as_nobody(self, *arguments):
        program = os.path.join(self.directory, "gander")
        shutil.copy(PROGRAM, program)
        os.chmod(program, 0o755)
        return subprocess.run(["setpriv", "--reuid=%d" % NOBODY, "--regid=%d" % NOBODY,
                               "--clear-groups", program, *arguments], cwd=self.directory, text=True,
                              env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)

    def test_wal_names_what_helps(self):
        for command in ("status", "version", "plan", "history"):
            done = self.as_nobody("--db", "sqlite:app.db", command)
            self.assertEqual(done.returncode, 6, done.stderr)
            self.assertIn("in WAL mode SQLite has to write", done.stderr)
            self.assertIn("immutable=1", done.stderr)
            done = self.as_nobody("--db", "sqlite:app.db?immutable=1", command)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_wal_is_read_where_nobody_can_write(self):
        place = os.path.join(self.directory, "frozen")
        os.mkdir(place)
        shutil.move(os.path.join(self.directory, "app.db"), place)
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", "mount --bind %s %s && mount -o remount,ro,bind %s && "
             "%s --db sqlite:frozen/app.db version" % (place, place, place, PROGRAM)],
            cwd=self.directory, text=True, env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, check=False)
        if "mount" in done.stderr:
            self.skipTest("no mounts here: " + done.stderr)
        self.assertEqual((done.returncode, done.stdout), (0, "1\n"), done.stderr)


if __name__ == "__main__":
    unittest.main()
