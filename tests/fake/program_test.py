#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The program built with one engine more: help, configuration, validation and redaction know it."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))

from support import CliTest  # noqa: E402


class FakeProgramTest(CliTest):
    def setUp(self):
        super().setUp()
        self.write("migrations/00001_a.sql", "-- +goose Up\nMARK a;\n-- +goose Down\nMARK b;\n")

    def test_the_list_of_engines_has_it(self):
        engines = json.loads(self.ok("--version", "--json"))["engines"]
        self.assertIn({"name": "fake", "title": "Fake", "opens": True, "schemes": ["fake"],
                       "drivers": ["fake"]}, engines)
        self.assertIn("fake", self.ok("goose", "beta", "drivers"))

    def test_it_runs(self):
        self.assertIn("Applied 1 migration", self.ok("--db", "fake:birds", "up"))
        self.assertIn("pending", self.ok("--db", "fake:birds", "status"))
        self.assertIn("would take the database from version 0 to 1",
                      self.ok("--db", "fake:birds", "plan"))

    def test_goose_reaches_it_by_its_driver(self):
        self.assertIn("Applied 1 migration", self.ok("fake", "birds", "up"))
        self.assertIn("00001_a.sql",
                      self.gander("goose", "-dir", "migrations", "fake", "birds", "up").stderr)

    def test_its_files_are_validated(self):
        self.assertIn("1 migration", self.ok("validate", "--dialect", "fake"))
        self.assertIn("fake", self.gander("validate", "--dialect", "nonsense").stderr)

    def test_an_engine_without_rules_is_not_linted(self):
        done = self.gander("lint", "--dialect", "fake")
        self.assertEqual(done.returncode, 2)
        self.assertIn("there are no rules for Fake", done.stderr)

    def test_configuration_shows_its_url_without_the_password(self):
        self.write("gander.toml", 'db = "fake://me:c4n4ry@host/birds"\n')
        shown = self.ok("config")
        self.assertIn("fake://me:", shown)
        self.assertNotIn("c4n4ry", shown)
        done = self.gander("up", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["database"], "fake:birds")
        self.assertNotIn("c4n4ry", done.stdout + done.stderr)

    def test_errors_list_it(self):
        self.assertIn("sqlite, fake", self.gander("--db", "mssql://h/d", "up").stderr)


if __name__ == "__main__":
    unittest.main()
