#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A compiler in an older mode than C++20 is told so by one error; gander/c.h is fine there.

    old_standard_test.py COMPILER INCLUDE
"""
import subprocess
import sys
import unittest

COMPILER, INCLUDE = sys.argv[1:3]


def compiled(header, standard):
    """Exit code and the lines that are errors."""
    done = subprocess.run(
        [COMPILER, f"-std={standard}", "-fsyntax-only", "-I", INCLUDE, "-x", "c++", "-"],
        input=f"#include <{header}>\n", capture_output=True, text=True, check=False)
    return done.returncode, [line for line in done.stderr.splitlines() if "error" in line]


class OldStandard(unittest.TestCase):
    def test_an_older_compiler_gets_one_error_that_names_the_remedy(self):
        for standard in ("c++17", "c++14", "c++11"):
            code, errors = compiled("gander/gander.h", standard)
            self.assertNotEqual(code, 0, standard)
            self.assertIn("Gander needs C++20: compile with -std=c++20", errors[0])
            said = [line for line in errors if "error:" in line]
            self.assertEqual(len(said), 1, said)

    def test_the_right_one_gets_none(self):
        self.assertEqual(compiled("gander/gander.h", "c++20"), (0, []))

    def test_the_c_interface_needs_no_new_compiler(self):
        self.assertEqual(compiled("gander/c.h", "c++11"), (0, []))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
