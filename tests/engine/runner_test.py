#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does the runner notice what is wrong: with a case, and with what comes?"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = os.path.abspath(os.environ.get("GANDER", "build/gander"))
UP = ("# A case.\nfile migrations/1_a.sql\n| -- +goose Up\n| CREATE TABLE a (x INTEGER);\n"
      "$ gander up -q\n")


def run(*arguments):
    done = subprocess.run([sys.executable, HERE / "run", "--program", PROGRAM, *arguments],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class RunnerTest(unittest.TestCase):
    def outcome(self, text):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "case.txt")
            path.write_text(text, encoding="utf-8")
            return run("--engine", "sqlite", str(path))

    def test_right_cases_pass(self):
        for text in (UP + "[0]\n", UP + "[0]\nquery SELECT count(*) FROM a\n----\n0\n",
                     UP + "...\n[0]\n",
                     "# A case.\nsql CREATE TABLE a (x)\nquery SELECT * FROM a\n----\n"):
            code, output = self.outcome(text)
            self.assertEqual(code, 0, output)

    def test_wrong_expectations_fail(self):
        for text in (UP + "[1]\n", UP + "nothing\n[0]\n",
                     UP + "[0]\nquery SELECT count(*) FROM a\n----\n1\n",
                     UP + "[0]\nquery SELECT count(*) FROM a\n----\n",
                     UP + "[0]\nquery SELECT count(*) FROM absent\n----\n0\n",
                     UP + "[0]\nsql INSERT INTO absent VALUES (1)\n"):
            code, output = self.outcome(text)
            self.assertEqual(code, 1, output)
            self.assertIn("FAILED on sqlite", output)

    def test_cases_that_show_nothing_are_errors(self):
        for text, why in (("", "a case begins with"), ("file x\n", "a case begins with"),
                          ("# A case.\n", "nothing is expected"),
                          ("# A case.\nsql CREATE TABLE a (x)\n", "nothing is expected"),
                          (UP, "the exit code is missing"), (UP + "[0]\nqueri SELECT 1\n", "no step"),
                          (UP + "[0]\nquery SELECT 1\n", "---- and the rows"),
                          (UP + "[0]\nsql @nonsense@\n", "there is no word"),
                          (UP + "[0]\n@oracle sql SELECT 1\n", "there is no engine oracle"),
                          (UP + "[0]\n# engines: oracle\n", "there is no engine oracle"),
                          (UP + "[0]\nrun $ gander up\n", "nobody waits for run"),
                          (UP + "[0]\nfinish run\n[0]\n", "was not started")):
            code, output = self.outcome(text)
            self.assertEqual(code, 1, output)
            self.assertIn(why, output)

    def test_case_of_other_engines_alone_is_no_success(self):
        code, output = self.outcome(UP.replace("file", "# engines: postgres\nfile", 1) + "[0]\n")
        self.assertEqual(code, 1, output)

    def test_every_engine_that_opens_has_an_adapter(self):
        shown = subprocess.run([PROGRAM, "--version", "--json"], capture_output=True, check=True)
        engines = json.loads(shown.stdout)["engines"]
        self.assertGreaterEqual(len(engines), 2)
        for engine in engines:
            if engine["opens"]:
                self.assertTrue((HERE / "engines" / (engine["name"] + ".py")).exists(), engine)

    def test_unknown_case_is_an_error(self):
        self.assertEqual(run("no/such/case")[0], 1)


if __name__ == "__main__":
    unittest.main()
