#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Protected profiles, versions that nobody knows, files that got another number, squashes."""
import json
import os
import pty
import select
import subprocess
import unittest

from support import PROGRAM, TABLE_A, TABLE_B, CliTest

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

    def answered(self, answer, *arguments, **environment):
        """The exit code and all that is printed when `answer` is typed at the question."""
        master, slave = pty.openpty()
        process = subprocess.Popen([PROGRAM, *arguments], cwd=self.directory, stdin=slave,
                                   stdout=slave, stderr=slave, start_new_session=True,
                                   env={**self.environment, **environment})
        os.close(slave)
        self.addCleanup(os.close, master)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        text, asked = "", False
        while True:
            self.assertTrue(select.select([master], [], [], 60)[0], text)
            try:
                piece = os.read(master, 65536).decode()
            except OSError:  # the program has ended
                break
            text += piece
            if not asked and "to go on: " in text:
                asked = True
                os.write(master, answer)
        self.assertTrue(asked, text)
        return process.wait(timeout=60), text

    def test_typed_name_confirms_and_nothing_else_does(self):
        self.write("gander.toml", "[profile.prod]\nprotect = true\n")
        end = b"\x04"  # what a terminal sends for the end of input
        for profile, name in (({"GANDER_PROFILE": "prod"}, b"prod"),
                              ({"GANDER_PROTECT": "true"}, b"sqlite:app.db")):
            for answer in (b"staging\n", b"y\n", b"yes\n", b"\n", name.upper() + b"\n",
                           name[:-1] + b"\n", name + b"x\n", b" " + name + b"\n", end,
                           name + b"\0\n"):
                for call in (("down",), ("reset",), ("redo",), ("down-to", "0")):
                    if call != ("down",) and answer not in (b"y\n", end):
                        continue
                    code, text = self.answered(answer, *call, **profile)
                    self.assertEqual(code, 2, (answer, text))
                    self.assertIn("was not confirmed: nothing was done", text)
                    self.assertEqual(self.ok("version").strip(), "2")
            code, text = self.answered(name + b"\n", "down", **profile)
            self.assertEqual(code, 0, text)
            self.assertIn(f"Type {name.decode()} to go on", text)
            self.assertEqual(self.ok("version").strip(), "1")
            self.ok("up")

    def test_json_and_closed_input_never_ask(self):
        for more in ((), ("--json",)):
            done = self.gander("reset", *more, GANDER_PROTECT="true")
            self.assertEqual(done.returncode, 2)
            self.assertNotIn("to go on", done.stdout + done.stderr)
        self.assertEqual(self.ok("version").strip(), "2")

    # Each: what is typed, and the command that the answer names.
    def test_words_of_other_tools_point_to_the_right_command(self):
        hints = {
            ("down", "2"): "gander down rolls back one; gander down --to 2 rolls back everything",
            ("up", "3"): "gander up --to 3 stops at version 3; gander up --one applies one",
            ("redo", "2"): "gander redo works on one migration",
            ("up", "--dry-run"): "try: gander plan\n",
            ("down", "--dry-run"): "try: gander plan down\n",
            ("reset", "--dry-run"): "try: gander plan reset\n",
            ("redo", "--dry-run"): "try: gander plan redo\n",
            ("dry-run",): "try: gander plan\n",
            ("migrate",): "try: gander up\n",
            ("rollback",): "try: gander down\n",
            ("new", "add_users"): "try: gander create NAME\n",
            ("info",): "try: gander status\n",
        }
        for words, hint in hints.items():
            with self.subTest(words=words):
                done = self.gander(*words)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertIn(hint, done.stderr)
                value = self.gander(*words, "--json")
                self.assertEqual(value.returncode, 2)
                self.assertIn(hint.removeprefix("try: ").strip(), value.stdout)
        self.assertEqual(self.ok("version").strip(), "2")

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

    def test_fix_says_what_settles_a_database_that_has_applied_the_files(self):
        for name in ("20240102030405_c", "20240102030406_d"):
            table = name[-1]
            self.write(f"migrations/{name}.sql", f"-- +goose Up\nCREATE TABLE {table} (x);\n"
                                                 f"-- +goose Down\nDROP TABLE {table};\n")
        self.ok("up")
        said = self.ok("fix")
        commands = [line.split() for line in said.splitlines() if line.startswith("  gander ")]
        self.assertEqual([command[1:3] for command in commands], [["accept", "3"], ["accept", "4"]])
        self.assertEqual(self.gander("up").returncode, 3)
        for command in commands:
            self.ok(*command[1:])
        self.assertIn("Nothing to do", self.ok("up"))
        self.assertEqual(self.ok("version").strip(), "4")
        self.ok("down-to", "2")
        self.ok("up")
        self.assertNotIn("accept", self.ok("fix"))

    def test_fix_says_to_programs_what_settles_a_database(self):
        self.write("migrations/20240102030405_c.sql", "-- +goose Up\nCREATE TABLE c (x);\n")
        self.ok("up")
        said = json.loads(self.ok("fix", "--json"))
        self.assertEqual([file["to"] for file in said["renamed"]], ["00003_c.sql"])
        self.assertEqual(said["accept"], [3])
        self.assertEqual(self.gander("up").returncode, 3)
        self.ok("accept", str(said["accept"][0]), "--reason", "renumbered")
        self.assertIn("Nothing to do", self.ok("up"))
        self.assertEqual(json.loads(self.ok("fix", "--json"))["accept"], [])

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
