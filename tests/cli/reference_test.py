#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is made from the command table: docs/cli.md, completions, the manual page."""
import pathlib
import shutil
import subprocess
import unittest

from support import CliTest

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"


class Reference(CliTest):
    def test_docs_are_those_of_the_program(self):
        printed = self.ok("help", "--markdown")
        self.assertEqual((DOCS / "cli.md").read_text(), printed,
                         "make them again: gander help --markdown > docs/cli.md")

    def test_json_page_names_every_key_that_is_printed(self):
        text = (DOCS / "json.md").read_text()
        self.write("migrations/00001_a.sql", "-- +goose Up\nSELECT 1;\n")
        database = ("--db", "sqlite:app.db")
        keys = set()

        def collect(value):
            if isinstance(value, dict):
                for key, inner in value.items():
                    keys.add(key)
                    collect(inner)
            elif isinstance(value, list):
                for inner in value:
                    collect(inner)

        for call in (("validate",), ("plan", "--sql"), ("up",), ("status",), ("history",),
                     ("version",), ("config",), ("accept", "--all", "--reason", "x")):
            collect(self.json(*call, *database))
        collect(self.json("resolve", "1", "--done", "--reason", "x", *database, code=3))
        for call in (("help",), ("help", "up"), ("create", "x"), ("fix",), ("--version",)):
            collect(self.json(*call))
        self.assertEqual([key for key in sorted(keys) if "`%s`" % key not in text], [])

    def test_lint_page_has_every_rule_and_no_other(self):
        dialect, shown = None, {}
        headings = {"Rules for any database": None, "PostgreSQL": "postgres", "MySQL and MariaDB": "mysql",
                    "ClickHouse": "clickhouse", "SQLite": "sqlite"}
        for line in (DOCS / "lint.md").read_text().splitlines():
            if line.startswith("## "):
                dialect = headings.get(line[3:], "none")
            elif line.startswith("### "):
                rule = line[4:]
                self.assertNotIn((dialect, rule), shown)
                shown[dialect, rule] = None
            elif line.startswith("*") and shown and next(reversed(shown.values())) is None:
                shown[next(reversed(shown))] = line.split("*")[1]
        rules = {(rule["dialect"], rule["rule"]): rule["severity"]
                 for rule in self.json("lint", "--rules")["rules"]}
        self.assertEqual({key: severity for key, severity in shown.items() if severity}, rules)

    def test_help_of_every_command_in_every_form(self):
        for command in self.json("help")["commands"]:
            name = command["name"]
            text = self.ok("help", name)
            self.assertEqual(self.ok(name, "--help"), text)
            self.assertEqual(self.ok(name, "-h"), text)
            self.assertIn("gander %s" % name, text)

    def test_help_needs_no_sound_configuration(self):
        self.write("gander.toml", "nonsense")
        self.ok("help")
        self.ok("up", "--help")
        self.ok("--version")
        self.ok("man")


class Completions(CliTest):
    def check(self, shell, *command):
        script = self.write("script", self.ok("completion", shell))
        if shutil.which(shell) is None:
            self.skipTest("no %s here" % shell)
        done = subprocess.run([shell, *command, str(script)], capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_bash_is_sound(self):
        self.check("bash", "-n")

    def test_zsh_is_sound(self):
        self.check("zsh", "-n")

    def test_fish_is_sound(self):
        self.check("fish", "--no-execute")

    def complete(self, *words):
        if shutil.which("bash") is None:
            self.skipTest("no bash here")
        script = self.write("script", self.ok("completion", "bash"))
        quoted = " ".join("'%s'" % word for word in words)
        done = subprocess.run(
            ["bash", "-c", "source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _gander; "
             "printf '%%s\\n' \"${COMPREPLY[@]}\"" % (script, quoted, len(words) - 1)],
            cwd=self.directory, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout.split()

    def test_bash_completes(self):
        self.assertEqual(self.complete("gander", "sta"), ["status"])
        self.assertEqual(self.complete("gander", "--db", "x", "hist"), ["history"])
        self.assertIn("--exit-code", self.complete("gander", "status", "--"))
        self.assertNotIn("--exit-code", self.complete("gander", "up", "--"))
        self.assertEqual(self.complete("gander", "up", "--commit", ""), ["auto", "each", "all"])
        self.assertEqual(self.complete("gander", "completion", "z"), ["zsh"])
        self.assertEqual(self.complete("gander", "help", "val"), ["validate"])
        (self.directory / "schema").mkdir()
        self.assertEqual(self.complete("gander", "up", "--dir", "sch"), ["schema"])


class Manual(CliTest):
    def test_formats_without_a_warning(self):
        page = self.write("gander.1", self.ok("man"))
        if shutil.which("groff") is None:
            self.skipTest("no groff here")
        done = subprocess.run(["groff", "-man", "-Tascii", "-ww", "-z", str(page)],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_says_what_a_manual_says(self):
        text = self.ok("man")
        for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "ENVIRONMENT",
                        "FILES", "EXIT STATUS"):
            self.assertIn(".SH %s\n" % heading, text)


if __name__ == "__main__":
    unittest.main()
