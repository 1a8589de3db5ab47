#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Protected profiles, versions that nobody knows, files that got another number, squashes."""
import unittest

from support import TABLE_A, TABLE_B, CliTest

DB = {"GANDER_DB": "sqlite:app.db"}


class Protection(CliTest):
    def setUp(self):
        super().setUp()
        self.environment.update(DB)
        self.write("migrations/1_a.sql", TABLE_A)
        self.write("migrations/2_b.sql", TABLE_B)
        self.ok("up")

    def test_what_takes_away_needs_yes_on_a_protected_database(self):
        for call in (("down",), ("down-to", "0"), ("redo",), ("reset",), ("restore", "x.backup")):
            done = self.gander(*call, GANDER_PROTECT="true")
            self.assertEqual(done.returncode, 2, call)
            self.assertIn("needs --yes", done.stderr)
        self.assertEqual(self.ok("version").strip(), "2")
        self.write("gander.toml", "[profile.prod]\nprotect = true\n")
        done = self.gander("down", "--profile", "prod")
        self.assertIn("the profile prod is protected", done.stderr)
        self.ok("up", "--profile", "prod")
        self.ok("down", "--yes", "--profile", "prod")
        self.assertEqual(self.ok("version").strip(), "1")

    def test_target_that_nobody_knows_is_an_error(self):
        for call in (("up", "--to", "99"), ("up-to", "99"), ("down", "--to", "7"), ("down-to", "7")):
            done = self.gander(*call)
            self.assertEqual(done.returncode, 3, call)
            self.assertIn("nearest version is 2", done.stderr)
        self.ok("goose", "-dir", "migrations", "sqlite3", "app.db", "up-to", "99")

    def test_renumbered_file_is_refused_until_it_is_accepted(self):
        (self.directory / "migrations/2_b.sql").rename(self.directory / "migrations/3_b.sql")
        for call in ("up", "plan"):
            done = self.gander(call)
            self.assertEqual(done.returncode, 3, call)
            self.assertIn("applied version 2 under another number", done.stderr)
        self.assertIn("under another number", self.gander("status").stderr)
        self.ok("accept", "3", "--reason", "rebased")
        self.assertIn("Nothing to do", self.ok("up"))
        self.assertEqual(self.ok("version").strip(), "3")

    def test_copy_beside_its_original_is_no_rename(self):
        self.write("migrations/3_again.sql", "-- +goose Up\nSELECT 1;\n")
        self.write("migrations/4_again.sql", "-- +goose Up\nSELECT 1;\n")
        self.ok("up", "--to", "3")
        self.ok("up")
        self.assertEqual(self.ok("version").strip(), "4")

    def test_accept_is_the_way_through_a_squash_with_strict(self):
        (self.directory / "migrations/1_a.sql").unlink()
        self.assertEqual(self.gander("up", "--strict").returncode, 3)
        self.ok("accept", "1", "--reason", "squashed")
        self.assertIn("Nothing to do", self.ok("up", "--strict"))

    def test_redo_without_a_down_section_changes_nothing(self):
        self.write("migrations/3_c.sql", "-- +goose Up\nCREATE TABLE c (x);\n")
        self.ok("up")
        self.assertEqual(self.gander("redo").returncode, 3)
        self.assertEqual(self.ok("version").strip(), "3")


if __name__ == "__main__":
    unittest.main()
