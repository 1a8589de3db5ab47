#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A compiler in an older mode than C++20 is told so by one error; gander/c.h is fine there.

    old_standard_test.py COMPILER INCLUDE
"""
import pathlib
import subprocess
import sys
import unittest

COMPILER, INCLUDE = sys.argv[1:3]
FOR_C = {"gander/c.h", "gander/c_trials.h", "gander/export.h"}
HEADERS = sorted({f"gander/{path.name}" for path in pathlib.Path(INCLUDE, "gander").glob("*.h")} - FOR_C)


def compiled(header, standard):
    """Exit code and the lines that are errors."""
    done = subprocess.run(
        [COMPILER, f"-std={standard}", "-fsyntax-only", "-I", INCLUDE, "-x", "c++", "-"],
        input=f"#include <{header}>\n", capture_output=True, text=True, check=False)
    return done.returncode, [line for line in done.stderr.splitlines() if "error:" in line]


class OldStandard(unittest.TestCase):
    def test_every_header_gives_an_older_compiler_one_error_that_names_the_remedy(self):
        self.assertGreater(len(HEADERS), 15)
        for header in HEADERS:
            for standard in ("c++17", "c++14", "c++11") if header == "gander/gander.h" else ("c++17",):
                code, errors = compiled(header, standard)
                self.assertNotEqual(code, 0, f"{header} in {standard}")
                self.assertIn("Gander needs C++20: compile with -std=c++20", errors[0])
                self.assertEqual(len(errors), 1, errors)

    def test_the_right_one_gets_none(self):
        self.assertEqual(compiled("gander/gander.h", "c++20"), (0, []))

    def test_the_c_interface_needs_no_new_compiler(self):
        for header in FOR_C:
            self.assertEqual(compiled(header, "c++11"), (0, []), header)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
