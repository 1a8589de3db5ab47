#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of the scripts in tools/ that decide whether a change is good: a check that has stopped
finding anything would look like success."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent.parent.parent / "tools"
LICENCE = "// SPDX-License-Identifier: MIT\n"


@unittest.skipUnless(shutil.which("abidiff") and shutil.which("cmake") and shutil.which("ninja"),
                     "no abidiff")
class CheckAbi(unittest.TestCase):
    """A library of one function, which is changed in a second commit."""

    CMAKE = """cmake_minimum_required(VERSION 3.24)
project(small LANGUAGES CXX)
add_library(gander_library a.cc)
target_include_directories(gander_library PRIVATE include)
set_target_properties(gander_library PROPERTIES OUTPUT_NAME gander VERSION 0.1.0 SOVERSION {})
"""
    HEADER = "struct Options {{ int a; {} }};\nint run(Options* options);\n{}"

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="gander-tools-"))
        self.addCleanup(shutil.rmtree, self.root)
        (self.root / "tools").mkdir()
        (self.root / "include").mkdir()
        for name in ("check-abi", "abi.suppressions"):
            shutil.copy(TOOLS / name, self.root / "tools")
        self.git("init", "-q")
        self.write()
        self.git("add", "-A")
        self.git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "one")

    def git(self, *arguments):
        subprocess.run(["git", "-C", self.root, *arguments], check=True)

    def write(self, member="", more="", soversion="0.1"):
        (self.root / "CMakeLists.txt").write_text(self.CMAKE.format(soversion))
        (self.root / "include/a.h").write_text(self.HEADER.format(
            member, "int stop();\n" if more else ""))
        (self.root / "a.cc").write_text(
            '#include "a.h"\nint run(Options* options) { return options->a; }\n' + more)

    def check(self, path=None):
        return subprocess.run([self.root / "tools/check-abi", "HEAD"], capture_output=True,
                              text=True, check=False, env=path)

    def test_the_same_is_right(self):
        done = self.check()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("no change", done.stdout)

    def test_more_is_right(self):
        self.write(more="int stop() { return 1; }\n")
        done = self.check()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("only more", done.stdout)

    def test_another_layout_is_wrong(self):
        self.write(member="int b;")
        done = self.check()
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("under the same soname, libgander.so.0.1", done.stderr)

    def test_another_layout_under_another_soname_is_right(self):
        self.write(member="int b;", soversion="0.2")
        done = self.check()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("libgander.so.0.2", done.stdout)

    def test_what_does_not_build_is_no_success(self):
        self.write(more="int stop() {\n")
        self.assertEqual(self.check().returncode, 2)


class CheckAbiWithoutAbidiff(unittest.TestCase):
    def test_says_that_nothing_was_compared(self):
        with tempfile.TemporaryDirectory(prefix="gander-tools-") as folder:
            for name in ("bash", "dirname", "env"):
                (pathlib.Path(folder) / name).symlink_to(shutil.which(name))
            done = subprocess.run([TOOLS / "check-abi"], capture_output=True, text=True,
                                  check=False, env={"PATH": folder})
        self.assertEqual(done.returncode, 0)
        self.assertIn("NOTHING WAS COMPARED", done.stderr)


class CheckIncludes(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="gander-tools-"))
        self.addCleanup(shutil.rmtree, self.root)
        subprocess.run(["git", "init", "-q", self.root], check=True)
        for path in ("src/base/text.h", "src/driver/driver.h", "src/sql/statement.h",
                     "src/sql/lexer.h", "src/plan/plan.h", "cli/main.h"):
            self.write(path, LICENCE + "#pragma once\n")
        self.write("include/gander/error.h", LICENCE + "#pragma once\n#include <string>\n")
        (self.root / "tools").mkdir()
        shutil.copy(TOOLS / "check-includes", self.root / "tools")

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def check(self, path, *lines):
        """What the check says of a file with these lines below its licence."""
        self.write(path, LICENCE + "\n".join(lines) + "\n")
        done = subprocess.run([self.root / "tools/check-includes"], capture_output=True, text=True,
                              check=False)
        *problems, summary = done.stdout.splitlines()
        self.assertIn("check-includes: ", summary)
        self.assertEqual(done.returncode, 1 if problems else 0)
        return problems

    def test_downwards_is_right(self):
        self.assertEqual(self.check("src/plan/plan.cc", '#include "src/plan/plan.h"', "",
                                    '#include "gander/error.h"', '#include "src/base/text.h"',
                                    '#include "src/sql/lexer.h"'), [])

    def test_upwards_is_wrong(self):
        for path, target in (("src/base/text.cc", "src/driver/driver.h"),
                             ("src/sql/lexer.cc", "src/plan/plan.h"),
                             ("src/script/reader.cc", "src/driver/driver.h"),
                             ("src/runner/runner.cc", "cli/main.h")):
            problems = self.check(path, f'#include "{target}"')
            self.assertEqual(len(problems), 1, path)
            self.assertIn(f"{path}:2: ", problems[0])
            (self.root / path).unlink()

    def test_only_the_list_of_engines_knows_an_engine(self):
        line = '#include "src/driver/sqlite/engine.h"'
        self.write("src/driver/sqlite/engine.h", LICENCE + "#pragma once\n")
        for path in ("src/driver/claims.cc", "src/driver/postgres/lock.cc", "cli/main.cc"):
            problems = self.check(path, line)
            self.assertEqual(len(problems), 1, path)
            self.assertIn("only engines.cc", problems[0])
            (self.root / path).unlink()
        self.assertEqual(self.check("src/driver/engines.cc", line), [])
        self.assertEqual(self.check("src/driver/sqlite/lock.cc", line), [])

    def test_sql_names_no_engine(self):
        problems = self.check("src/sql/lexer.cc", "", "bool is_mysql = true;")
        self.assertEqual(len(problems), 1)
        self.assertIn("src/sql/lexer.cc:3: ", problems[0])
        (self.root / "src/sql/lexer.cc").unlink()
        self.assertEqual(self.check("src/sql/lexer_test.cc", "// As MySQL has it."), [])

    def test_doubles_stay_out_of_the_product(self):
        for path, line in (("src/plan/fake_plan.h", "#pragma once"),
                           ("cli/helpers.cc", "#include <gtest/gtest.h>")):
            self.assertEqual(len(self.check(path, line)), 1, path)
            (self.root / path).unlink()
        self.assertEqual(self.check("src/plan/plan_test.cc", "#include <gtest/gtest.h>"), [])

    def test_includes_are_paths_from_the_root(self):
        self.assertEqual(len(self.check("src/plan/plan.cc", '#include "plan.h"')), 1)
        self.assertEqual(len(self.check("src/plan/plan.cc", '#include "src/plan/gone.h"')), 1)

    def test_public_headers_stand_alone(self):
        for line in ('#include "src/base/text.h"', "#include <sqlite3.h>", "#include <fmt/core.h>"):
            self.assertEqual(len(self.check("include/gander/target.h", line)), 1, line)
        self.assertEqual(self.check("include/gander/target.h", '#include "gander/error.h"'), [])

    def test_library_knows_no_flags(self):
        for line in ('const char* a = "or --wait";', 'f("`gander up --to 5`");', 'f("--wait");'):
            self.assertEqual(len(self.check("src/plan/plan.cc", line)), 1, line)
        for line in ('f("-- +goose Up");', 'f("end"); --depth; f("x");', "// --wait"):
            self.assertEqual(self.check("src/plan/plan.cc", line), [], line)
        self.assertEqual(self.check("cli/main.cc", 'f("--wait");'), [])

    def test_long_files_and_missing_licences_are_found(self):
        self.assertEqual(self.check("src/base/text.cc", *["int x();"] * 699), [])
        self.assertEqual(len(self.check("src/base/text.cc", *["int x();"] * 700)), 1)
        self.write("tools/run", "#!/bin/sh\ntrue\n")
        self.assertIn("tools/run:1: ", self.check("src/base/text.cc", "int x();")[0])


class CiSummary(unittest.TestCase):
    def summary(self, statuses, *failed_steps):
        """The last line of tools/ci-summary for test cases of these statuses, and its exit code."""
        with tempfile.TemporaryDirectory() as work:
            report = pathlib.Path(work) / "ctest.xml"
            if statuses is not None:
                cases = "".join(f'<testcase name="t" status="{status}"/>' for status in statuses)
                report.write_text(f"<testsuite>{cases}</testsuite>")
            done = subprocess.run([TOOLS / "ci-summary", report, *failed_steps],
                                  capture_output=True, text=True, check=False)
            return done.stdout.splitlines()[-1], done.returncode

    def test_counts(self):
        self.assertEqual(self.summary(["run", "run"]), ("2 passed, 0 failed", 0))
        self.assertEqual(self.summary(["run", "fail", "notrun"]),
                         ("1 passed, 1 failed, 1 skipped", 1))

    def test_failed_steps_are_failures(self):
        self.assertEqual(self.summary(["run"], "format"), ("1 passed, 1 failed", 1))

    def test_failed_tests_are_counted_once(self):
        self.assertEqual(self.summary(["run", "fail"], "test"), ("1 passed, 1 failed", 1))

    def test_no_result_is_a_failure(self):
        self.assertEqual(self.summary(None, "test"), ("0 passed, 1 failed", 1))
        self.assertEqual(self.summary([]), ("0 passed, 1 failed", 1))
        self.assertEqual(self.summary(["run"], "test"), ("1 passed, 1 failed", 1))


class InstallDeps(unittest.TestCase):
    """With an apt-get, a sudo and a dpkg-query that only write down what they are asked for."""

    def run_with(self, *installed):
        root = pathlib.Path(tempfile.mkdtemp(prefix="gander-deps-"))
        self.addCleanup(shutil.rmtree, root)
        scripts = {"id": "echo 1000", "sudo": f'echo "$@" >> {root}/asked; cat > /dev/null',
                   "dpkg-query": 'case " %s " in *" $4 "*) echo installed ;; esac' %
                                 " ".join(installed)}
        for name, body in scripts.items():
            (root / name).write_text(f"#!/bin/sh\n{body}\n")
            (root / name).chmod(0o755)
        done = subprocess.run(["bash", TOOLS / "install-deps", "--test"], capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, check=False,
                              env={"PATH": f"{root}:/usr/bin:/bin"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return (root / "asked").read_text().splitlines()

    def test_pooler_of_the_tests_is_installed_and_no_service(self):
        asked = self.run_with()
        install = next(i for i, line in enumerate(asked) if "apt-get install" in line)
        self.assertIn(" pgbouncer ", asked[install])
        self.assertTrue(asked[install + 1].endswith("update-rc.d pgbouncer disable"), asked)
        if not pathlib.Path("/usr/sbin/policy-rc.d").exists():
            self.assertTrue(any("tee /usr/sbin/policy-rc.d" in line for line in asked[:install]))
            self.assertTrue(asked[-1].endswith("rm -f /usr/sbin/policy-rc.d"), asked)

    def test_pooler_that_was_there_is_left_alone(self):
        asked = self.run_with("pgbouncer")
        self.assertFalse([line for line in asked if "pgbouncer" in line or "policy" in line])


if __name__ == "__main__":
    unittest.main()
