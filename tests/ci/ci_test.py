#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs what the templates in ci/ and the pre-commit hook run, in a repository with a remote, a
branch that adds a migration, and the variables that the service sets."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.path.abspath(os.environ.get("GANDER", ROOT / "build" / "gander"))
HARMLESS = "-- +goose Up\nCREATE TABLE bird (id bigint PRIMARY KEY);\n"
HURTING = "-- +goose Up\nDROP TABLE bird;\n"


def commands_of(path, key):
    """The shell lines that stand behind `key` in one of the templates, each in single quotes."""
    lines = path.read_text().splitlines()
    found = [re.search(r"'(.*)'\s*$", line) for line in lines if re.match(key, line)]
    return [match.group(1) for match in found if match]


class Templates(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gander-ci-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.work = self.folder / "work"
        self.env = {name: value for name, value in os.environ.items()
                    if not name.startswith(("GANDER", "GITHUB_", "CI_"))}
        self.env.update(GANDER=PROGRAM, HOME=str(self.folder), GIT_CONFIG_NOSYSTEM="1")
        upstream = self.folder / "upstream"
        self.git("init", "-q", "-b", "main", str(upstream), at=self.folder)
        self.commit(upstream, "00001_bird.sql", HARMLESS)
        # As a service checks out: one commit, one branch.
        self.git("checkout", "-q", "-b", "feature", at=upstream)
        self.commit(upstream, "00002_gone.sql", HURTING)
        self.git("checkout", "-q", "main", at=upstream)
        self.git("clone", "-q", "--depth=1", "--branch=feature", upstream.as_uri(), str(self.work),
                 at=self.folder)

    def git(self, *words, at):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words],
                       cwd=at, env=self.env, check=True)

    def commit(self, at, name, text):
        (at / "migrations").mkdir(exist_ok=True)
        (at / "migrations" / name).write_text(text)
        self.git("add", ".", at=at)
        self.git("commit", "-q", "-m", name, at=at)

    def run_line(self, line, **variables):
        return subprocess.run(["bash", "-c", line], cwd=self.work,
                              env={**self.env, **variables}, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False)

    def test_the_github_action_annotates_what_a_pull_request_adds(self):
        [line] = commands_of(ROOT / "ci/github/action.yml", r"\s+run:")
        about = {"GITHUB_ACTION_PATH": str(ROOT / "ci/github"), "DIALECT": "postgres"}
        ran = self.run_line(line, GITHUB_BASE_REF="main", **about)
        self.assertEqual(ran.returncode, 9, ran.stderr)
        self.assertIn("::error file=migrations/00002_gone.sql,line=2,", ran.stdout)
        self.assertNotIn("00001_bird.sql", ran.stdout)
        # A push has no base: all files.
        ran = self.run_line(line, **about)
        self.assertEqual(ran.returncode, 9, ran.stderr)
        self.assertIn("00001_bird.sql", ran.stdout)

    def test_the_gitlab_template_writes_a_report(self):
        [line] = commands_of(ROOT / "ci/gitlab/lint.yml", r"\s+- '")
        ran = self.run_line(line, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main",
                            GANDER_CI=str(ROOT / "ci"), GANDER_DIALECT="postgres")
        self.assertEqual(ran.returncode, 9, ran.stderr)
        self.assertIn("[drop-table]", ran.stdout)
        report = json.loads((self.work / "gl-code-quality-report.json").read_text())
        self.assertEqual({one["location"]["path"] for one in report},
                         {"migrations/00002_gone.sql"})
        self.assertIn("drop-table", {one["check_name"] for one in report})

    def test_the_hook_looks_at_new_files_before_a_commit(self):
        [entry] = re.findall(r"^  entry: (.*)$", (ROOT / ".pre-commit-hooks.yaml").read_text(),
                             re.M)
        line = f'"{ROOT}"/{entry} --dialect postgres'
        ran = self.run_line(line)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        (self.work / "migrations" / "00003_more.sql").write_text(HURTING)
        ran = self.run_line(line)
        self.assertEqual(ran.returncode, 9, ran.stderr)
        self.assertIn("00003_more.sql:2", ran.stdout)
        self.assertNotIn("00002_gone.sql", ran.stdout)

    def test_bad_words_are_told(self):
        ran = self.run_line(f'"{ROOT}/ci/lint" jenkins')
        self.assertEqual(ran.returncode, 2)
        self.assertIn("ci/lint github", ran.stderr)


if __name__ == "__main__":
    if shutil.which("git") is None:
        print("SKIPPED: there is no git here")
        sys.exit(77)
    unittest.main()
