# SPDX-License-Identifier: MIT
"""The work on MySQL: a private MariaDB on a Unix socket that waits for the disk at each commit, with
its binary log.
"""
import dataclasses
import os
import sys

import tools
from work import Bench, HERE, expect_equal, note

sys.path.insert(0, os.path.join(HERE, "..", "tests", "support"))
import mysql_server  # noqa: E402

SOCKET = "socket"


@dataclasses.dataclass(frozen=True)
class MysqlDatabase:
    socket: str
    name: str

    def url(self):
        return f"mysql://root@/{self.name}?socket={self.socket}"

    def dsn(self):
        return f"root@unix({self.socket})/{self.name}?parseTime=true"


class DurableServer(mysql_server.MysqlServer):
    durable = True
    settings = ("--log-bin=binary", "--sync-binlog=1", "--innodb-flush-log-at-trx-commit=1",
                "--innodb-buffer-pool-size=256M", "--performance-schema=OFF")

    def version(self):
        return self.ask("mysql", "SELECT version()")[0]

    def syncs(self):
        return int(self.ask("mysql", "SHOW GLOBAL STATUS LIKE 'Innodb_data_fsyncs'")[0].split()[1])


def database_of(tool):
    return "bench_" + "".join(c if c.isalnum() else "_" for c in tool.name)


class MysqlBench(Bench):
    database = "MySQL"

    def __init__(self, options, directory, launcher, all_tools, results, server, reference):
        super().__init__(options, directory, launcher, all_tools, results)
        self.server = server
        self.reference = reference
        self.applied = set()

    def target(self, tool):
        return MysqlDatabase(self.server.socket, database_of(tool))

    def recreate(self, tool):
        name = database_of(tool)
        self.server.ask("mysql", f"DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name}")

    def fresh(self, size, work):
        """Applies `size` migrations to an empty database; `tables`: each makes one and no more."""
        note(f"MySQL: {work}, {size} migrations")

        def run_one(tool):
            self.recreate(tool)
            sample = self.execute(tool, tool.call("up", self.target(tool),
                                                  self.migrations(tool.layout, size,
                                                                  work == "tables")))
            tables = self.server.ask(database_of(tool), "SHOW TABLES LIKE 'birds\\_%'")
            expect_equal(len(tables), size, f"tables made by {tool.name}")
            return sample

        cells = self.alternate(self.tools_for(size), self.options.rounds, self.options.budget,
                               run_one)
        self.add(work, size, SOCKET, self.reference, cells)
        self.applied = {tool for tool, cell in cells.items() if not cell.failure}

    def again(self, work, size):
        """`up` with nothing to do, or `status`, on the database that `fresh` left."""
        note(f"MySQL: {work}, {size} migrations")
        ready = [tool for tool in self.tools if tool in self.applied]
        verb = "up" if work == "noop" else work

        def run_one(tool):
            return self.execute(tool, tool.call(verb, self.target(tool),
                                                self.migrations(tool.layout, size)))

        cells = self.alternate(ready, 3 * self.options.rounds, self.options.budget / 2, run_one)
        self.count(verb, size, cells)
        self.add(work, size, SOCKET, self.reference, cells)

    def count(self, verb, size, cells):
        """One more run of each tool, for how often the server's log waits for the disk."""
        for tool, cell in cells.items():
            if cell.failure:
                continue
            before = self.server.syncs()
            self.execute(tool, tool.call(verb, self.target(tool), self.migrations(tool.layout, size)))
            cell.syncs = self.server.syncs() - before

    def run(self):
        for size in self.options.mysql_sizes:
            if self.wants("tables"):
                self.fresh(size, "tables")
            # The others go on with what it leaves.
            if any(self.wants(work) for work in ("up", "noop", "status")):
                self.fresh(size, "up")
            for work in ("noop", "status"):
                if self.wants(work):
                    self.again(work, size)
        for tool in self.tools:
            self.server.ask("mysql", f"DROP DATABASE IF EXISTS {database_of(tool)}")
