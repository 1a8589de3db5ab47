# SPDX-License-Identifier: MIT
"""What the benchmarks of all databases share: the sets of files, the running of a piece of work by
all tools in turn, and the results.
"""
import os
import shutil
import subprocess
import sys

import generate
import measure
import report
import tools

HERE = os.path.dirname(os.path.abspath(__file__))
# From this size on only these tools take part: the others would need minutes.
MANY = 10000
FEW_TOOLS = ("gander", "goose")


def note(text):
    print(text, file=sys.stderr, flush=True)


def compile_floor(source, directory, *options):
    program = os.path.join(directory, os.path.basename(source).removesuffix(".c"))
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", program,
                    os.path.join(HERE, "floor", source), *options], check=True)
    return program


class Bench:
    database = ""  # "SQLite", "PostgreSQL"

    def __init__(self, options, directory, launcher, all_tools, results):
        self.options = options
        self.directory = directory  # on the disk
        self.files = options.files or directory
        self.launcher = launcher
        self.tools = all_tools
        self.results = results  # of all databases, filled one by one

    def wants(self, work):
        return work in self.options.only

    def migrations(self, layout, count, tables_alone=False):
        directory = os.path.join(self.files, f"{layout}-{count}" + "-tables" * tables_alone)
        if not os.path.exists(directory):
            generate.write_set(layout, directory, count, tables_alone)
        return directory

    def seed(self, layout, kind, size):
        directory = os.path.join(self.files, f"{layout}-seed-{kind}-{size}")
        if not os.path.exists(directory):
            generate.write_seed(layout, directory, kind, size)
        return directory

    def remove_seeds(self):
        if self.options.files:
            return
        for name in os.listdir(self.files):
            if "-seed-" in name:
                shutil.rmtree(os.path.join(self.files, name))

    def tools_for(self, size):
        return [tool for tool in self.tools
                if size < MANY or tool.name in FEW_TOOLS or isinstance(tool, tools.Floor)]

    def alternate(self, fit, rounds, budget_s, run_one):
        """Gander and the floors take two rounds however long these are."""
        ours = [tool for tool in fit if isinstance(tool, (tools.Gander, tools.Floor, tools.Psql))]
        return measure.alternate(fit, rounds, budget_s, run_one, ours)

    def execute(self, tool, call):
        """Only the tools that the goals speak of may take as long as they like."""
        free = tool.name.startswith(FEW_TOOLS) or isinstance(tool, (tools.Floor, tools.Psql))
        return measure.execute(self.launcher, call, None if free else self.options.limit)

    def add(self, work, size, medium, reference, cells):
        for tool, cell in cells.items():
            if cell.failure:
                note(f"*** {tool.name}: {cell.failure}")
                if isinstance(tool, (tools.Gander, tools.Floor)):
                    sys.exit(1)
        self.results.append(report.Result(self.database, work, size, medium, reference,
                                          {tool.name: cell for tool, cell in cells.items()}))


def expect_equal(found, expected, what):
    if found != expected:
        raise measure.Failed(f"{what}: {found} instead of {expected}")
