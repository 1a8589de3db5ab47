#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the program says of files without running them: validate and plan --sql."""
import os
import shutil
import sqlite3
import subprocess
import unittest

from support import CliTest, TABLE_A

POSTGRES = ("-- +goose Up\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n"
            "  NEW.x = 1;\n  RETURN NEW;\nEND;\n$$;\nCOPY t FROM stdin;\n1\tit's\n\\.\n"
            "-- +goose Down\nDROP FUNCTION f();\n")
SQLITE = ("-- +goose Up\nCREATE TRIGGER x AFTER INSERT ON a BEGIN\n  SELECT [it's];\nEND;\n")


class Validate(CliTest):
    def test_without_a_database_only_what_holds_everywhere_is_checked(self):
        self.write("m/1_a.sql", POSTGRES)
        self.write("m/2_b.sql", SQLITE)
        self.assertIn("2 migrations checked for any database, no defects.",
                      self.ok("validate", "--dir", "m"))
        told = self.json("validate", "--dir", "m")
        self.assertEqual((told["dialect"], told["dialect_from"]), ("any", "none"))
        self.write("m/3_c.sql", "-- +goose Up\nCREATE TABLE c (x)\n")
        self.write("m/4_d.sql", "-- +goose Up\nSELECT 1;\nROLLBACK;\n")
        told = self.json("validate", "--dir", "m", code=3)
        self.assertEqual([(d["file"], d["line"]) for d in told["defects"]],
                         [("m/3_c.sql", 2), ("m/4_d.sql", 3)])

    def test_the_dialect_comes_from_the_database_the_configuration_or_an_option(self):
        self.write("m/1_a.sql", POSTGRES)
        told = self.json("validate", "--dir", "m", "--dialect", "postgres")
        self.assertEqual((told["dialect"], told["dialect_from"]), ("postgres", "option"))
        self.assertEqual(told["migrations"][0]["statements_up"], 2)
        told = self.json("validate", "--dir", "m", "--dialect", "sqlite", code=3)
        self.assertEqual(told["dialect"], "sqlite")
        told = self.json("validate", "--dir", "m", "--db", "postgres://nowhere.invalid/x")
        self.assertEqual((told["dialect"], told["dialect_from"]), ("postgres", "database"))
        told = self.json("validate", "--dir", "m", code=3, GANDER_DB="sqlite:app.db")
        self.assertEqual((told["dialect"], told["dialect_from"]), ("sqlite", "database"))
        self.write("gander.toml", 'db = "postgres://nowhere.invalid/x"\n')
        self.assertIn("checked for PostgreSQL", self.ok("validate", "--dir", "m"))

    def test_an_unknown_or_contradicting_dialect_is_a_usage_error(self):
        self.write("m/1_a.sql", TABLE_A)
        for arguments in (["--dialect", "oracle"], ["--dialect", "postgres", "--db", "sqlite:a.db"]):
            done = self.gander("validate", "--dir", "m", *arguments)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("--dialect", done.stderr)

    def test_a_misspelt_annotation_is_an_error_here_and_a_warning_for_goose(self):
        self.write("m/1_a.sql", TABLE_A.replace("+goose Down", "+Goose Down"))
        done = self.gander("validate", "--dir", "m")
        self.assertEqual(done.returncode, 3)
        self.assertIn("m/1_a.sql:3:4: this looks like the annotation '-- +goose Down'", done.stderr)
        done = self.gander("goose", "-dir", "m", "validate")
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("WARNING m/1_a.sql:3: this looks like", done.stderr)
        for grammar in (["goose", "-dir", "m", "sqlite3", "app.db", "up"],
                        ["--dir", "m", "sqlite3", "app.db", "up"]):
            done = self.gander(*grammar)
            self.assertEqual(done.returncode, 0, done.stderr)
            if grammar[0] == "goose":
                self.assertIn("WARNING m/1_a.sql:3: this looks like", done.stderr)


GOOSE = os.environ.get("GOOSE") or shutil.which("goose")

# What goose v3.30.1 takes for the same statements, refuses, and cuts elsewhere.
SAME = ["SELECT 1;\nSELECT 2;\n", "SELECT 1\n;\n", "SELECT 1; SELECT 2;\n", "SELECT 1; -- a;\n",
        "-- a\n\nSELECT 1;\n", "-- +goose StatementBegin\nSELECT 1;\nSELECT 2;\n-- +goose StatementEnd\n",
        "SELECT '-- x\n';\n", "SELECT 1;\n-- +goose Down\nSELECT 2;\nSELECT 3;\n"]
REFUSED = ["SELECT 1;\n/* a */\n", "SELECT 1; /* a */\n", "SELECT 1;--a\n",
           "-- see the +goose docs\nSELECT 1;\n", "SELECT 1;\n \n-- a\n", "SELECT ' -- ';\n"]
CUT = ["CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  SELECT 1;\nEND;\n", "SELECT 'a;\nb;';\n",
       "SELECT 1;--a\nSELECT 2;\n", "-- +goose StatementBegin\n-- +goose StatementEnd\nSELECT 1;\nSELECT 2;\n"]


class ValidateForGoose(CliTest):
    def told(self, body, code):
        self.write("m/1_a.sql", "-- +goose Up\n" + body)
        self.ok("validate", "--dir", "m", "--dialect", "sqlite")
        return self.json("validate", "--dir", "m", "--dialect", "sqlite", "--goose", code=code)

    def counts_of_goose(self):
        done = subprocess.run([GOOSE, "-dir", "m", "-v", "validate"], cwd=self.directory, text=True,
                              env=self.environment, capture_output=True, check=False)
        if done.returncode != 0:
            return None
        return [int(word) for word in done.stdout.splitlines()[-1].split()[2:4]]

    def test_files_that_goose_reads_alike_are_no_defects(self):
        for body in SAME:
            told = self.told(body, 0)["migrations"][0]
            if GOOSE:
                self.assertEqual(self.counts_of_goose(),
                                 [told["statements_up"], told["statements_down"]], body)

    def test_files_that_goose_refuses_are_named(self):
        for body in REFUSED:
            self.assertIn("goose would refuse", self.told(body, 3)["defects"][0]["message"], body)
            if GOOSE:
                self.assertIsNone(self.counts_of_goose(), body)

    def test_files_that_goose_cuts_elsewhere_are_named(self):
        for body in CUT:
            told = self.told(body, 3)
            self.assertIn("goose would", told["defects"][0]["message"], body)
            self.assertNotIn("refuse", told["defects"][0]["message"], body)
            if GOOSE and "StatementBegin" not in body:
                self.assertNotEqual(self.counts_of_goose(), [told["migrations"][0]["statements_up"], 0])

    @unittest.skipUnless(GOOSE, "SKIPPED: no goose to compare with; GOOSE may name it")
    def test_the_comparison_is_with_the_real_goose(self):
        self.assertTrue(GOOSE)


@unittest.skipUnless(shutil.which("sqlite3"), "needs the sqlite3 program")
class PlanSql(CliTest):
    def test_what_it_prints_runs_in_the_sqlite_shell(self):
        self.write("m/1_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n-- +goose StatementBegin\n"
                   "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  UPDATE a SET x = x + 1;\nEND\n"
                   "-- +goose StatementEnd\nINSERT INTO a VALUES (1); -- one;\n")
        self.write("m/2_b.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nVACUUM;\n")
        self.write("m/3_c.sql", "-- +goose Up\nINSERT INTO a VALUES ('-- ;\n;');\n"
                   "INSERT INTO absent VALUES (1);\n")
        text = self.ok("plan", "--sql", "--dir", "m", "--db", "sqlite:app.db")
        self.assertEqual(text.count("BEGIN;\n"), 2)
        done = subprocess.run(["sqlite3", "-bail", "other.db"], input=text, text=True,
                              cwd=self.directory, capture_output=True, check=False)
        self.assertIn("no such table: absent", done.stderr)
        with sqlite3.connect(self.directory / "other.db") as database:
            # The last file stops, and its transaction leaves nothing behind.
            self.assertEqual(database.execute("SELECT x FROM a").fetchall(), [(2,)])


if __name__ == "__main__":
    unittest.main()
