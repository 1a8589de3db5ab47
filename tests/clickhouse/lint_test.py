#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What lint says of ClickHouse, held against real servers: what it finds hurts, and what it advises
does not.

Each trial is a migration, what to ask before and after it, and the safe form of the same. A trial is
run on each server that the machine has; `new` ones are of statements that 18.16 lacks.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from clickhouse_server import ClickhouseServer, Failed, kinds, missing  # noqa: E402

PROGRAM = None
ROWS = 250  # in each of the four parts of `bird`
EVENTS = {"chdb": ("MutatePart", "MergeParts"), "debian": ("MUTATE_PART", "MERGE_PARTS")}


class Bird:
    """A table of four partitions, one part each, in a database of its own."""

    def __init__(self, server, name):
        self.server = server
        self.name = name
        self.new = server.kind == "chdb"
        server.ask("default", f"CREATE DATABASE {name}")
        self.ask("CREATE TABLE bird (id Int64, kind String, seen Date, note String) "
                 "ENGINE = MergeTree PARTITION BY toYYYYMM(seen) ORDER BY id")
        for month in range(1, 5):
            self.ask(f"INSERT INTO bird SELECT number + {1000 * month}, 'wren', "
                     f"toDate('2024-0{month}-03'), toString(number) "
                     f"FROM system.numbers LIMIT {ROWS}")

    def ask(self, sql):
        # As a run waits for them.
        waits = {"mutations_sync": 1} if self.new else {}
        answer = self.server.ask(self.name, sql, **waits).strip()
        if not self.new and sql.startswith("ALTER"):
            self.wait_for_mutations()
        return answer

    def refused(self, sql):
        """The code with which the server does so, or None."""
        try:
            self.ask(sql)
        except Failed as failed:
            return failed.code
        return None

    def wait_for_mutations(self):
        limit = time.monotonic() + 30
        while self.ask("SELECT count() FROM system.mutations WHERE is_done = 0 AND "
                       f"database = '{self.name}'") != "0":
            if time.monotonic() > limit:
                raise AssertionError("a mutation does not end")
            time.sleep(0.02)

    def count(self, condition="1"):
        return int(self.ask(f"SELECT count() FROM bird WHERE {condition}"))

    def written(self):
        """Rows that mutations and merges have written into parts of bird so far."""
        self.ask("SYSTEM FLUSH LOGS")
        events = ", ".join(f"'{event}'" for event in EVENTS[self.server.kind])
        if not self.new:  # the log has no event for mutations yet
            events = "'MERGE_PARTS'"
        return int(self.ask("SELECT sum(rows) FROM system.part_log WHERE table = 'bird' AND "
                            f"database = '{self.name}' AND event_type IN ({events})"))

    def mutations(self):
        return int(self.ask("SELECT count() FROM system.mutations WHERE "
                            f"database = '{self.name}'"))


class LintTest(unittest.TestCase):
    servers = []
    numbers = 0

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="gander-lint-")
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.servers = []
        for kind in kinds():
            server = ClickhouseServer(cls.scratch.name, kind)
            cls.servers.append(server.__enter__())
            cls.addClassCleanup(server.__exit__)

    def birds(self, new=False):
        """One on each server that knows the statements."""
        found = []
        for server in self.servers:
            if new and server.kind == "debian":
                continue
            LintTest.numbers += 1
            found.append(Bird(server, f"trial_{LintTest.numbers}"))
        return found

    def lint(self, sql):
        with tempfile.TemporaryDirectory(dir=self.scratch.name) as folder:
            pathlib.Path(folder, "00001_a.sql").write_text(f"-- +goose Up\n{sql};\n",
                                                           encoding="utf-8")
            done = subprocess.run([PROGRAM, "lint", "--dialect", "clickhouse", "--json", "--dir",
                                   folder], capture_output=True, text=True, check=False)
            found = {one["rule"] for one in json.loads(done.stdout)["findings"]}
            return found - {"down-missing"}

    def hurts(self, rule, sql):
        self.assertIn(rule, self.lint(sql), sql)
        return sql

    def safe(self, rule, sql):
        self.assertNotIn(rule, self.lint(sql), sql)
        return sql

    def test_mutation_writes_whole_parts(self):
        one_row = self.hurts("mutation", "ALTER TABLE bird UPDATE note = 'x' WHERE id = 1007")
        masked = self.safe("mutation", "DELETE FROM bird WHERE id = 1007")
        for bird in self.birds(new=True):
            bird.ask(one_row)
            self.assertEqual(bird.written(), ROWS)
            bird.ask(self.safe("mutation", "ALTER TABLE bird UPDATE note = 'y' "
                                           "IN PARTITION 202402 WHERE kind = 'wren'"))
            self.assertEqual(bird.written(), 2 * ROWS)
            bird.ask(masked)
            self.assertEqual(bird.count(), 4 * ROWS - 1)
            # Of the part only the mask is another file.
            self.assertEqual(bird.ask("SELECT count() FROM system.parts_columns WHERE active AND "
                                      f"database = '{bird.name}' AND column = '_row_exists'"), "1")

    def test_two_mutations_write_twice(self):
        apart = self.hurts("mutations-apart", "ALTER TABLE bird UPDATE note = 'x' WHERE id > 0;\n"
                                              "ALTER TABLE bird UPDATE kind = 'x' WHERE id > 0")
        at_once = self.safe("mutations-apart", "ALTER TABLE bird UPDATE note = 'x' WHERE id > 0, "
                                               "UPDATE kind = 'x' WHERE id > 0")
        for bird in self.birds(new=True):
            for statement in apart.split(";"):
                bird.ask(statement)
            self.assertEqual(bird.written(), 8 * ROWS)
        for bird in self.birds(new=True):
            bird.ask(at_once)
            self.assertEqual(bird.written(), 4 * ROWS)
        for bird in self.birds():
            bird.ask(at_once)
            self.assertEqual(bird.count("note = 'x' AND kind = 'x'"), 4 * ROWS)

    def test_all_rows(self):
        delete = self.hurts("delete-all", "ALTER TABLE bird DELETE WHERE 1")
        some = self.safe("delete-all", "ALTER TABLE bird DELETE WHERE id < 1100")
        for bird in self.birds():
            bird.ask(some)
            self.assertEqual(bird.count(), 4 * ROWS - 100)
            bird.ask(delete)
            self.assertEqual(bird.count(), 0)
        update = self.hurts("update-all", "ALTER TABLE bird UPDATE note = 'x' WHERE 1")
        for bird in self.birds(new=True):
            bird.ask(update)
            self.assertEqual(bird.written(), 4 * ROWS)

    def test_another_type(self):
        narrow = self.hurts("column-type", "ALTER TABLE bird MODIFY COLUMN size Int8")
        text = self.hurts("column-type", "ALTER TABLE bird MODIFY COLUMN kind Int64")
        for bird in self.birds(new=True):
            bird.ask("ALTER TABLE bird ADD COLUMN size Int64 DEFAULT 300")
            bird.ask(narrow)
            self.assertEqual(bird.ask("SELECT DISTINCT size FROM bird"), str(300 - 256))
            self.assertEqual(bird.written(), 4 * ROWS)
            self.assertEqual(bird.refused(text), 341)
            self.assertEqual(bird.ask("SELECT type FROM system.columns WHERE table = 'bird' AND "
                                      f"database = '{bird.name}' AND name = 'kind'"), "Int64")
            self.assertEqual(bird.refused("ALTER TABLE bird UPDATE note = 'x' WHERE id = 1007"),
                             341)
        for bird in self.birds(new=True):
            bird.ask(self.safe("column-type", "ALTER TABLE bird MODIFY COLUMN kind DEFAULT 'x'"))
            bird.ask(self.safe("column-type", "ALTER TABLE bird MODIFY COLUMN kind CODEC(ZSTD)"))
            self.assertEqual(bird.written(), 0)

    def test_more_enum_values(self):
        for bird in self.birds(new=True):
            bird.ask("ALTER TABLE bird ADD COLUMN e Enum8('a' = 1)")
            bird.ask("ALTER TABLE bird MODIFY COLUMN e Enum8('a' = 1, 'b' = 2)")
            self.assertEqual(bird.written(), 0)

    def test_default_that_differs(self):
        plain = self.hurts("default-recomputed",
                           "ALTER TABLE bird ADD COLUMN mark UUID DEFAULT generateUUIDv4()")
        kept = "ALTER TABLE bird MATERIALIZE COLUMN mark"
        self.safe("default-recomputed", plain + ";\n" + kept)
        ask = "SELECT mark FROM bird WHERE id = 1007"
        for bird in self.birds():
            bird.ask(plain)
            self.assertNotEqual(bird.ask(ask), bird.ask(ask))
            if bird.new:
                bird.ask(kept)
                self.assertEqual(bird.ask(ask), bird.ask(ask))

    def test_old_parts(self):
        index = self.hurts("old-parts",
                           "ALTER TABLE bird ADD INDEX i note TYPE set(1000) GRANULARITY 1")
        built = "ALTER TABLE bird MATERIALIZE INDEX i"
        self.safe("old-parts", index + ";\n" + built)
        projection = self.hurts("old-parts", "ALTER TABLE bird ADD PROJECTION p "
                                             "(SELECT kind, count() GROUP BY kind)")
        for bird in self.birds(new=True):
            size = ("SELECT sum(secondary_indices_compressed_bytes) FROM system.parts WHERE active "
                    f"AND database = '{bird.name}'")
            bird.ask(index)
            self.assertEqual(bird.ask(size), "0")
            bird.ask(built)
            self.assertNotEqual(bird.ask(size), "0")
            parts = ("SELECT count() FROM system.projection_parts WHERE active AND "
                     f"database = '{bird.name}'")
            bird.ask(projection)
            self.assertEqual(bird.ask(parts), "0")
            bird.ask("ALTER TABLE bird MATERIALIZE PROJECTION p")
            self.assertEqual(bird.ask(parts), "4")

    def test_constraint(self):
        constraint = self.hurts("constraint-unchecked",
                                "ALTER TABLE bird ADD CONSTRAINT c CHECK id > 2500")
        for bird in self.birds(new=True):
            bird.ask(constraint)
            self.assertEqual(bird.count("id <= 2500"), 2 * ROWS)
            self.assertEqual(bird.refused("INSERT INTO bird (id) VALUES (1)"), 469)

    def test_time_to_live(self):
        rows = self.hurts("ttl-deletes", "ALTER TABLE bird MODIFY TTL seen + INTERVAL 1 MONTH")
        values = self.hurts("ttl-deletes", "ALTER TABLE bird MODIFY COLUMN note String TTL "
                                           "seen + INTERVAL 1 MONTH")
        for bird in self.birds(new=True):
            bird.ask(values)
            self.assertEqual(bird.count("note != ''"), 0)
            bird.ask(rows)
            self.assertEqual(bird.count(), 0)

    def test_optimize(self):
        final = self.hurts("optimize-final", "OPTIMIZE TABLE bird FINAL")
        plain = self.safe("optimize-final", "OPTIMIZE TABLE bird")
        for bird in self.birds(new=True):
            bird.ask(plain)
            self.assertEqual(bird.written(), 0)
            bird.ask(final)
            self.assertEqual(bird.written(), 4 * ROWS)

    def test_order_by(self):
        old = self.hurts("order-by", "ALTER TABLE bird MODIFY ORDER BY (id, kind)")
        new = self.safe("order-by",
                        "ALTER TABLE bird ADD COLUMN k String, MODIFY ORDER BY (id, k)")
        for bird in self.birds():
            self.assertEqual(bird.refused(old), 36)
            self.assertIsNone(bird.refused(new))

    def test_columns_that_go(self):
        drop = self.hurts("drop-column", "ALTER TABLE bird DROP COLUMN note")
        clear = self.hurts("drop-column", "ALTER TABLE bird CLEAR COLUMN note IN PARTITION 202401")
        rename = self.hurts("rename-column", "ALTER TABLE bird RENAME COLUMN kind TO sort")
        alias = self.safe("rename-column", "ALTER TABLE bird ADD COLUMN sort String ALIAS kind")
        for bird in self.birds():
            bird.ask(clear)
            self.assertEqual(bird.count("note = ''"), ROWS)
            bird.ask(drop)
            self.assertEqual(bird.refused("SELECT note FROM bird"), 47)
            bird.ask(alias)
            self.assertEqual(bird.ask("SELECT DISTINCT sort, kind FROM bird"), "wren\twren")
        for bird in self.birds(new=True):
            bird.ask(rename)
            self.assertEqual(bird.refused("SELECT kind FROM bird"), 47)

    def test_table_with_another_name(self):
        rename = self.hurts("rename-table", "RENAME TABLE bird TO fowl")
        swap = self.safe("rename-table", "EXCHANGE TABLES bird AND other")
        for bird in self.birds():
            bird.ask("CREATE TABLE fed (id Int64) ENGINE = MergeTree ORDER BY id")
            bird.ask("CREATE MATERIALIZED VIEW feeds TO fed AS SELECT id FROM bird")
            bird.ask("INSERT INTO bird (id) VALUES (1)")
            self.assertEqual(bird.ask("SELECT count() FROM fed"), "1")
            if bird.new:
                bird.ask("CREATE TABLE other AS bird")
                bird.ask(swap)
                bird.ask("INSERT INTO bird (id) VALUES (1)")
                self.assertEqual(bird.ask("SELECT count() FROM fed"), "2")
                bird.ask(swap)
            before = bird.ask("SELECT count() FROM fed")
            bird.ask(rename)
            self.assertEqual(bird.refused("SELECT * FROM bird"), 60)
            bird.ask("INSERT INTO fowl (id) VALUES (2)")
            self.assertEqual(bird.ask("SELECT count() FROM fed"), before)
            bird.ask("RENAME TABLE fowl TO bird")
            bird.ask("RENAME TABLE fed TO eaten")
            self.assertEqual(bird.refused("INSERT INTO bird (id) VALUES (3)"), 60)

    def test_tables_that_go(self):
        replace = self.hurts("drop-table", "CREATE OR REPLACE TABLE bird (id Int64) "
                                           "ENGINE = MergeTree ORDER BY id")
        for bird in self.birds(new=True):
            bird.ask(replace)
            self.assertEqual(bird.count(), 0)
        for bird in self.birds():
            bird.ask(self.hurts("detach", "DETACH TABLE bird"))
            self.assertEqual(bird.refused("SELECT * FROM bird"), 60)
            bird.ask("ATTACH TABLE bird")
            self.assertEqual(bird.count(), 4 * ROWS)
            bird.ask(self.hurts("truncate", "TRUNCATE TABLE bird"))
            self.assertEqual(bird.count(), 0)
            bird.ask(self.hurts("drop-table", "DROP TABLE bird"))
            self.assertEqual(bird.refused("SELECT * FROM bird"), 60)

    def test_partitions(self):
        for bird in self.birds():
            bird.ask(self.hurts("detach", "ALTER TABLE bird DETACH PARTITION 202401"))
            self.assertEqual(bird.count(), 3 * ROWS)
            bird.ask("ALTER TABLE bird ATTACH PARTITION 202401")
            self.assertEqual(bird.count(), 4 * ROWS)
            bird.ask("CREATE TABLE few AS bird")
            bird.ask("INSERT INTO few (id, seen) VALUES (1, '2024-01-01')")
            bird.ask(self.hurts("drop-partition",
                                "ALTER TABLE bird REPLACE PARTITION 202401 FROM few"))
            self.assertEqual(bird.count(), 3 * ROWS + 1)
            bird.ask(self.hurts("drop-partition", "ALTER TABLE bird DROP PARTITION 202402"))
            self.assertEqual(bird.count(), 2 * ROWS + 1)

    def test_views(self):
        hidden = self.hurts("inner-table", "CREATE MATERIALIZED VIEW v ENGINE = MergeTree "
                                           "ORDER BY id AS SELECT id FROM bird")
        drop = self.hurts("drop-view", "DROP VIEW v")
        given = self.safe("inner-table", "CREATE MATERIALIZED VIEW v TO rows AS "
                                         "SELECT id FROM bird")
        for bird in self.birds():
            # 18.16 has no DROP VIEW.
            gone = drop if bird.new else "DROP TABLE v"
            tables = f"SELECT count() FROM system.tables WHERE database = '{bird.name}'"
            bird.ask(hidden)
            bird.ask("INSERT INTO bird (id) VALUES (1)")
            self.assertEqual(bird.ask("SELECT count() FROM v"), "1")
            self.assertEqual(bird.ask(tables), "3")
            bird.ask(gone)
            self.assertEqual(bird.ask(tables), "1")
            bird.ask("CREATE TABLE rows (id Int64) ENGINE = MergeTree ORDER BY id")
            bird.ask(given)
            bird.ask("INSERT INTO bird (id) VALUES (1)")
            bird.ask(gone)
            self.assertEqual(bird.ask("SELECT count() FROM rows"), "1")

    def test_engines(self):
        for bird in self.birds():
            for engine in ("Log", "TinyLog", "StripeLog"):
                bird.ask(self.hurts("log-engine", f"CREATE TABLE l (a Int8) ENGINE = {engine}"))
                self.assertEqual(bird.refused("ALTER TABLE l ADD COLUMN b Int8"), 48)
                self.assertEqual(bird.refused("ALTER TABLE l DELETE WHERE a = 1"), 48)
                bird.ask("DROP TABLE l")
            bird.ask(self.hurts("memory-engine", "CREATE TABLE m (a Int8) ENGINE = Memory"))
            bird.ask("INSERT INTO m VALUES (1)")
            bird.server.kill()
            bird.server.run()
            self.assertEqual(bird.ask("SELECT count() FROM m"), "0")
            self.assertEqual(bird.count(), 4 * ROWS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    known, rest = parser.parse_known_args()
    PROGRAM = known.program
    if missing():
        print(f"SKIPPED: {missing()}")
        sys.exit(77)
    if "chdb" not in kinds():
        print("SKIPPED in part: without chDB (GANDER_CHDB) only ClickHouse 18.16 is asked, which "
              "lacks most of the statements")
    unittest.main(argv=[sys.argv[0], *rest])
