# SPDX-License-Identifier: MIT
"""The work on SQLite, on the disk and in memory (a tmpfs), where the tools' own cost shows."""
import os
import sqlite3
import sys

import measure
import tools
from work import Bench, expect_equal, note

FLOOR = "floor (one commit)"
# They have no quadratic step in the size of a file.
SEED_TOOLS = ("gander", FLOOR, "goose", "sql-migrate")
# Seeds from this size on: on the disk only, and without the tools that need gigabytes for it but
# for the one of the goals.
BIG_SEED = 500 * 10**6
BIG_SEED_ROUNDS = 3


class SqliteBench(Bench):
    database = "SQLite"

    def __init__(self, options, directories, launcher, all_tools, results):
        super().__init__(options, directories["disk"], launcher, all_tools, results)
        self.directories = directories
        self.applied = set()

    def target(self, medium, tool):
        name = "".join(c if c.isalnum() else "-" for c in tool.name)
        return tools.SqliteFile(os.path.join(self.directories[medium], name + ".db"))

    def fresh(self, size, medium):
        """Applies `size` migrations to a database that is not there yet."""
        note(f"SQLite: up, {size} migrations, {medium}")

        def run_one(tool):
            target = self.target(medium, tool)
            measure.remove_database(target.path)
            sample = self.execute(tool, tool.call("up", target, self.migrations(tool.layout, size)))
            tables = query(target.path, "SELECT count(*) FROM sqlite_master WHERE name GLOB "
                                        "'birds_[0-9]*' AND type = 'table'")
            expect_equal(tables, size, target.path)
            return sample

        fit = self.tools_for(size)
        rounds = self.options.rounds * (3 if size == 1 else 1)
        cells = self.alternate(fit, rounds, self.options.budget, run_one)
        self.count_syncs("up", size, medium, cells, fresh=True)
        self.add("up", size, medium, FLOOR, cells)
        self.applied = {tool for tool, cell in cells.items() if not cell.failure}

    def again(self, work, size, medium):
        """`up` with nothing to do, or `status`, on the database that `fresh` left."""
        note(f"SQLite: {work}, {size} migrations, {medium}")
        ready = [tool for tool in self.tools if tool in self.applied
                 and not (isinstance(tool, tools.SqliteFloor) and tool.commit == "each")]
        verb = "up" if work == "noop" else work

        def run_one(tool):
            return self.execute(tool, tool.call(verb, self.target(medium, tool),
                                          self.migrations(tool.layout, size)))

        rounds = 3 * self.options.rounds
        cells = self.alternate(ready, rounds, self.options.budget / 2, run_one)
        self.count_syncs(verb, size, medium, cells, fresh=False)
        self.add(work, size, medium, FLOOR, cells)

    def one_seed(self, kind, size, medium):
        """One file of INSERTs. Tools that need time quadratic in its size are left out."""
        note(f"SQLite: seed of {size} bytes, {kind}, {medium}")
        big = size >= BIG_SEED
        fit = [tool for tool in self.tools if tool.name in SEED_TOOLS
               and not (big and tool.name == "sql-migrate")]
        for tool in fit:
            self.seed(tool.layout, kind, size)
        counts = set()

        def run_one(tool):
            target = self.target(medium, tool)
            measure.remove_database(target.path)
            verb = "seed" if isinstance(tool, tools.Floor) else "up"
            sample = self.execute(tool, tool.call(verb, target, self.seed(tool.layout, kind, size)))
            counts.add(query(target.path, "SELECT count(*) FROM seed"))
            return sample

        rounds = BIG_SEED_ROUNDS if big else max(2, self.options.rounds // 2)
        cells = self.alternate(fit, rounds, 2 * self.options.budget, run_one)
        if len(counts) != 1:
            sys.exit(f"the tools disagree on the number of rows: {sorted(counts)}")
        name = f"seed, {'a row' if kind == 'single' else '500 rows'} a statement"
        self.add(name, size, medium, FLOOR, cells)
        for tool in fit:
            measure.remove_database(self.target(medium, tool).path)

    def count_syncs(self, verb, size, medium, cells, fresh):
        if medium != "disk" or size > 100:
            return
        log = os.path.join(self.directory, "strace.log")
        for tool, cell in cells.items():
            target = self.target(medium, tool)
            if cell.failure:
                continue
            if fresh:
                measure.remove_database(target.path)
            cell.syncs = measure.count_syncs(
                tool.call(verb, target, self.migrations(tool.layout, size)), log)

    def run(self):
        for size in self.options.sizes:
            for medium in self.options.media:
                self.fresh(size, medium)
                for work in ("noop", "status"):
                    if self.wants(work):
                        self.again(work, size, medium)
                for tool in self.tools:
                    measure.remove_database(self.target(medium, tool).path)
        if not self.wants("seed"):
            return
        for size in self.options.seeds:
            for kind in ("multi", "single"):
                for medium in self.options.media[:1] if size >= BIG_SEED else self.options.media:
                    self.one_seed(kind, size, medium)
                self.remove_seeds()


def query(path, sql):
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchone()[0]
    finally:
        connection.close()
