# SPDX-License-Identifier: MIT
"""The work on PostgreSQL: a private server on a Unix socket, the same server 5 ms of round trip
away, and COPY data.
"""
import sys

import tools
from server import PostgresDatabase
from work import Bench, expect_equal, note

SOCKET = "socket"
AWAY_MS = 5
AWAY = f"{AWAY_MS} ms away"
# Over a distance only these: the peers' ways of working differ as they do nearby.
AWAY_TOOLS = ("gander", "gander --commit each", "goose")
AWAY_ROUNDS = 3
COPY_ROUNDS = 3


def database_of(tool):
    return "bench_" + "".join(c if c.isalnum() else "_" for c in tool.name)


class PostgresBench(Bench):
    database = "PostgreSQL"

    def __init__(self, options, directory, launcher, all_tools, results, servers, reference):
        super().__init__(options, directory, launcher, all_tools, results)
        # The server, the proxy that counts and the one that delays.
        self.server, self.counter, self.away = servers
        self.reference = reference  # the name of the floor with the commits of Gander's default
        self.applied = set()

    def target(self, medium, tool):
        host = self.away.directory if medium == AWAY else self.server.directory
        return PostgresDatabase(host, database_of(tool))

    def check(self, tool, size):
        tables = self.server.ask("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ "
                                 "'^birds_[0-9]+$'", database_of(tool))
        expect_equal(int(tables), size, f"tables made by {tool.name}")

    def fresh(self, size, medium):
        """Applies `size` migrations to an empty database."""
        note(f"PostgreSQL: up, {size} migrations, {medium}")

        def run_one(tool):
            self.server.recreate(database_of(tool))
            self.server.ask("CHECKPOINT")
            sample = self.execute(tool, tool.call("up", self.target(medium, tool),
                                            self.migrations(tool.layout, size)))
            self.check(tool, size)
            return sample

        away = medium == AWAY
        fit = [tool for tool in self.tools_for(size)
               if not away or tool.name in AWAY_TOOLS or isinstance(tool, tools.Floor)]
        cells = self.alternate(fit, AWAY_ROUNDS if away else self.options.rounds,
                                  self.options.budget, run_one)
        if not away:
            self.count("up", size, cells, fresh=True)
        self.add("up", size, medium, self.reference, cells)
        self.applied = {tool for tool, cell in cells.items() if not cell.failure}

    def again(self, work, size, medium):
        """`up` with nothing to do, or `status`, on the database that `fresh` left."""
        note(f"PostgreSQL: {work}, {size} migrations, {medium}")
        ready = [tool for tool in self.tools if tool in self.applied and not (
            isinstance(tool, (tools.Floor, tools.Gander)) and
            tool.name not in ("gander", self.reference))]
        verb = "up" if work == "noop" else work

        def run_one(tool):
            return self.execute(tool, tool.call(verb, self.target(medium, tool),
                                          self.migrations(tool.layout, size)))

        cells = self.alternate(ready, 3 * self.options.rounds, self.options.budget / 2, run_one)
        self.count(verb, size, cells, fresh=False)
        self.add(work, size, medium, self.reference, cells)

    def count(self, verb, size, cells, fresh):
        """One more run of each tool, through a proxy that counts its round trips."""
        for tool, cell in cells.items():
            if cell.failure:
                continue
            if fresh:
                self.server.recreate(database_of(tool))
            before = self.server.wal_syncs()
            target = PostgresDatabase(self.counter.directory, database_of(tool))
            self.execute(tool, tool.call(verb, target, self.migrations(tool.layout, size)))
            cell.round_trips = self.counter.round_trips()
            cell.syncs = self.server.wal_syncs() - before

    def copy(self, size):
        """One file of COPY data, and PostgreSQL's own client reading the same file."""
        note(f"PostgreSQL: {size} bytes of COPY data")
        pair = [self.tools[0], tools.Psql()]
        counts = set()

        def run_one(tool):
            self.server.recreate(database_of(tool))
            self.server.ask("CHECKPOINT")
            sample = self.execute(tool, tool.call("up", self.target(SOCKET, tool),
                                            self.seed("goose", "copy", size)))
            counts.add(self.server.ask("SELECT count(*) FROM seed", database_of(tool)))
            return sample

        cells = self.alternate(pair, COPY_ROUNDS, 3 * self.options.budget, run_one)
        if len(counts) != 1:
            sys.exit(f"the tools disagree on the number of rows: {sorted(counts)}")
        self.add("seed, COPY data", size, SOCKET, "psql", cells)
        for tool in pair:
            self.server.ask(f"DROP DATABASE {database_of(tool)}")
        self.remove_seeds()

    def run(self):
        for size in self.options.postgres_sizes:
            self.fresh(size, SOCKET)
            for work in ("noop", "status"):
                if self.wants(work):
                    self.again(work, size, SOCKET)
            if self.wants("away"):
                self.fresh(size, AWAY)
        if self.wants("copy"):
            for size in self.options.seeds:
                self.copy(size)
        for tool in self.tools:
            self.server.ask(f"DROP DATABASE IF EXISTS {database_of(tool)} WITH (FORCE)")
