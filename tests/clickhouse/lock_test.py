#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs on real ClickHouse servers: up and down, many at once, and one that is killed while it holds
the run lock."""
import argparse
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from clickhouse_server import ClickhouseServer, kinds, missing  # noqa: E402

PROGRAM = None
AT_ONCE = 12
FILES = 4
FILE = """-- +goose Up
CREATE TABLE t{n} (a Int32) ENGINE = MergeTree ORDER BY a;
INSERT INTO t{n} VALUES ({n});
-- +goose Down
DROP TABLE t{n};
"""


class LockTest(unittest.TestCase):
    databases = 0

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="gander-lock-")
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = pathlib.Path(scratch.name, "m")
        cls.folder.mkdir()
        for n in range(1, FILES + 1):
            (cls.folder / f"{n:05}_t.sql").write_text(FILE.format(n=n), encoding="utf-8")
        cls.servers = []
        for kind in kinds():
            cls.servers.append(ClickhouseServer(scratch.name, kind).__enter__())
            cls.addClassCleanup(cls.servers[-1].__exit__)

    def each(self):
        """An empty database on each server."""
        for server in self.servers:
            LockTest.databases += 1
            name = f"d{LockTest.databases}"
            server.ask("default", f"CREATE DATABASE {name}")
            yield server, name

    def start(self, server, name, *words, folder=None):
        return subprocess.Popen(
            [PROGRAM, "--db", server.url(name), "--dir", folder or self.folder, *words],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run_well(self, *words, folder=None):
        run = self.start(*words, folder=folder)
        output = run.communicate()[0]
        self.assertEqual(run.returncode, 0, output)
        return output

    def rows(self, server, name):
        return [server.ask(name, f"SELECT count(), sum(a) FROM t{n}").split()
                for n in range(1, FILES + 1)]

    def once(self):
        return [["1", str(n)] for n in range(1, FILES + 1)]

    def test_up_and_down(self):
        for server, name in self.each():
            self.run_well(server, name, "up")
            self.assertEqual(self.rows(server, name), self.once())
            self.assertEqual(self.run_well(server, name, "version").strip(), str(FILES))
            self.run_well(server, name, "reset")
            self.assertEqual(self.run_well(server, name, "version").strip(), "0")
            self.assertEqual(server.ask(name, "SELECT count() FROM system.tables WHERE database = "
                                        f"'{name}' AND match(name, '^t[0-9]$')").strip(), "0")

    # A lock that had just been made was taken for that of a process that had just given it back.
    def test_a_fresh_lock_is_nobody_elses(self):
        for server, name in self.each():
            runs = [self.start(server, name, "up", "--wait", "4m") for _ in range(AT_ONCE)]
            for output, run in [(run.communicate()[0], run) for run in runs]:
                self.assertEqual(run.returncode, 0, output)
            self.assertEqual(self.rows(server, name), self.once())

    def test_a_dead_owner_is_noticed(self):
        for server, name in self.each():
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder, "00001_slow.sql")
                path.write_text("-- +goose Up\nSELECT sleepEachRow(1) FROM numbers(3);\n"
                                if server.kind == "chdb" else
                                "-- +goose Up\nSELECT sleep(3);\n", encoding="utf-8")
                run = self.start(server, name, "up", folder=folder)
                limit = time.monotonic() + 60
                while "sleep" not in server.ask(
                        name, "SELECT query FROM system.processes WHERE query_id LIKE 'gander-%'"):
                    self.assertLess(time.monotonic(), limit, "the statement does not begin")
                    self.assertIsNone(run.poll())
                run.send_signal(signal.SIGKILL)
                run.communicate()
                self.assertIn("goose_db_version_lock", server.ask(name, "SHOW TABLES"))
                begun = time.monotonic()
                self.run_well(server, name, "up", folder=folder)
                self.assertEqual(self.run_well(server, name, "version", folder=folder).strip(), "1")
                # The lease alone would last longer.
                self.assertLess(time.monotonic() - begun, 25)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    known, rest = parser.parse_known_args()
    PROGRAM = known.program
    if missing():
        print(f"SKIPPED: {missing()}")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *rest])
