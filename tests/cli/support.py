# SPDX-License-Identifier: MIT
"""What the tests of the program share: an empty directory, a clean environment, one way to call it."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = os.path.abspath(os.environ.get("GANDER", "build/gander"))

TABLE_A = "-- +goose Up\nCREATE TABLE a (x);\n-- +goose Down\nDROP TABLE a;\n"
TABLE_B = "-- +goose Up\nCREATE TABLE b (x);\n-- +goose Down\nDROP TABLE b;\n"
# Runs until it is cancelled.
ENDLESS = (
    "-- +goose Up\n"
    "CREATE TABLE slow AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)\n"
    "  SELECT count(*) FROM c;\n"
)


class CliTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="gander-cli-")
        self.addCleanup(holder.cleanup)
        self.directory = pathlib.Path(holder.name)
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": holder.name, "LC_ALL": "C.UTF-8",
                            "TERM": "xterm"}

    def write(self, name, text):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def gander(self, *arguments, **environment):
        return subprocess.run([PROGRAM, *arguments], cwd=self.directory, text=True,
                              env={**self.environment, **environment}, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60)

    def ok(self, *arguments, **environment):
        done = self.gander(*arguments, **environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def json(self, *arguments, code=0, **environment):
        done = self.gander(*arguments, "--json", **environment)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        value = json.loads(done.stdout)
        self.assertEqual(value["format"], 1)
        return value
