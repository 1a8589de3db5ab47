#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""JSON of every command, passwords, signals, deadlines, locks, restore, streams that break."""
import json
import os
import signal
import sqlite3
import subprocess
import unittest

from support import ENDLESS, PROGRAM, TABLE_A, TABLE_B, CliTest

DB = ("--db", "sqlite:app.db")
CANARY = "c4n4ry!pass"


NEEDS_NO_DATABASE = {"create", "fix", "help", "man", "completion", "import", "sum", "lint", "diff"}


class Json(CliTest):
    def test_every_command_prints_one_object(self):
        self.write("other/1_x.up.sql", "CREATE TABLE x (y);\n")
        self.write("other/1_x.down.sql", "DROP TABLE x;\n")
        self.write("migrations/00001_a.sql", TABLE_A)
        self.write("migrations/00002_b.sql", TABLE_B)
        calls = [
            ("validate",), ("status",), ("plan",), ("plan", "--sql"), ("up", "--backup"), ("up",),
            ("status",), ("version",), ("history",), ("wait",), ("wait", "--migrated"),
            ("doctor",), ("lock", "status"), ("lock", "release"), ("down",), ("redo",), ("up-by-one",),
            ("down-to", "1"), ("up-to", "2"), ("accept", "--all", "--reason", "x"), ("reset",),
            ("create", "-s", "c"), ("fix",), ("config",), ("help",), ("help", "up"), ("man",),
            ("completion", "bash"), ("sum",), ("sum", "--check"),
            ("import", "other", "--dir", "imported"), ("lint", "--dialect", "postgres"),
            ("create-database", "--db", "sqlite:new.db"),
            ("drop-database", "--confirm", "new.db", "--db", "sqlite:new.db"),
            ("mark", "1", "--applied", "--reason", "x", "--force"), ("dump", "--out", "schema.sql"),
            ("load", "schema.sql", "--db", "sqlite:loaded.db"), ("diff", "sqlite:app.db", "sqlite:loaded.db"),
            ("verify",), ("rehearse",), ("baseline", "--dir", "first", "--db", "sqlite:loaded.db"),
            ("squash", "--to", "2"),
        ]
        called = {"restore", "resolve", "adopt"}
        for call in calls:
            with self.subTest(call=call):
                needs = call[0] not in NEEDS_NO_DATABASE and "--db" not in call
                value = self.json(*call, *(DB if needs else ()))
                self.assertEqual(value["command"], call[0])
                called.add(call[0])
        backup = next(self.directory.glob("app.db.*.backup"))
        self.assertEqual(self.json("restore", str(backup), *DB)["backup"], str(backup))
        self.assertIn("gander", self.json("--version"))
        self.json("resolve", "1", "--done", "--reason", "x", *DB, code=3)
        other = sqlite3.connect(self.directory / "other.db", isolation_level=None)
        other.executescript("CREATE TABLE schema_migrations (version uint64, dirty bool);"
                            "INSERT INTO schema_migrations VALUES (1, 0); CREATE TABLE x (y);")
        other.close()
        adopted = self.json("adopt", "--yes", "--dir", "imported", "--db", "sqlite:other.db")
        self.assertEqual(adopted["adopted"], [1])
        in_table = {command["name"] for command in self.json("help")["commands"]}
        self.assertEqual(in_table, called)

    def test_report(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        value = self.json("up", *DB)
        self.assertEqual(value["database"], "sqlite:app.db")
        report = value["report"]
        self.assertEqual(report["version"], 1)
        self.assertEqual(report["pending"], 0)
        self.assertEqual([m["name"] for m in report["migrations"]], ["00001_a.sql"])
        self.assertEqual(self.json("up", *DB)["report"]["migrations"], [])

    def test_errors_are_objects_too(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        self.write("migrations/00002_bad.sql", "-- +goose Up\nSELECT 1;\nSELEC 2;\n")
        value = self.json("up", *DB, code=1)
        self.assertEqual(value["error"]["code"], "sql")
        self.assertEqual(value["error"]["exit_code"], 1)
        self.assertEqual(value["error"]["file"], "migrations/00002_bad.sql")
        self.assertEqual((value["error"]["line"], value["error"]["column"]), (3, 1))
        self.assertEqual([m["version"] for m in value["report"]["migrations"]], [1])
        self.assertEqual(self.json("frobnicate", code=2)["error"]["code"], "usage")
        self.assertEqual(self.json("up", code=2)["error"]["code"], "usage")
        self.assertEqual(self.json("resolve", "1", "--done", "--reason", "x", *DB,
                                   code=3)["error"]["code"], "not_found")

    def test_validate_lists_all_defects(self):
        self.write("migrations/00001_a.sql", "-- +goose Up\nCREATE TABLE a (x)\n")
        self.write("migrations/00002_b.sql", "CREATE TABLE b (x);\n")
        value = self.json("validate", code=3)
        self.assertFalse(value["valid"])
        self.assertEqual(len(value["defects"]), 2)


class Status(CliTest):
    def test_looking_creates_no_database(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        for command in ("status", "version", "plan", "history", "validate"):
            self.ok(command, *DB)
            self.assertEqual(os.listdir(self.directory), ["migrations"], command)

    def test_exit_code(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        self.assertEqual(self.gander("status", "--exit-code", *DB).returncode, 7)
        self.assertEqual(self.gander("status", *DB).returncode, 0)
        self.ok("up", *DB)
        self.assertEqual(self.gander("status", "--exit-code", *DB).returncode, 0)


class Passwords(CliTest):
    def test_never_appear(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        self.write("url", "postgres://me:%s@127.0.0.1:1/db?connect_timeout=1\n" % CANARY)
        self.write("gander.toml", 'db = "postgres://me:%s@127.0.0.1:1/db" = 1\n' % CANARY)
        forms = [
            "postgres://me:%s@127.0.0.1:1/db?connect_timeout=1" % CANARY,
            "postgres://127.0.0.1:1/db?user=me&password=%s&connect_timeout=1" % CANARY,
            "postgres://me:%s@[broken/db" % CANARY,
            "mysql://me:%s@127.0.0.1:1/db" % CANARY,
            "me:%s@tcp(127.0.0.1:1)/db" % CANARY,
            "nonsense://me:%s@127.0.0.1/db" % CANARY,
            "me:%s@nothing" % CANARY,
        ]
        calls = [("--db", form, "--config", "none") for form in forms]
        calls += [("--db-file", "url", "--config", "none"), ("--config", "gander.toml")]
        pairs = ["host=127.0.0.1 port=1 connect_timeout=1 user=me password=%s" % CANARY,
                 "host=127.0.0.1 port=1 connect_timeout=1 password='%s' bad word" % CANARY]
        for command in ("up", "status", "config", "restore"):
            extra = ("x",) if command == "restore" else ()
            for call in calls:
                for options in ((), ("--json",), ("--verbose",)):
                    done = self.gander(command, *extra, *call, *options)
                    self.assertNotIn(CANARY, done.stdout + done.stderr, (command, call))
            for pair in pairs:
                done = self.gander("--config", "none", "postgres", pair, command, *extra)
                self.assertNotIn(CANARY, done.stdout + done.stderr, (command, pair))

    def test_on_the_command_line_are_warned_of_once(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        url = "mysql://me:%s@127.0.0.1:1/db" % CANARY
        self.assertEqual(self.gander("up", "--db", url).stderr.count("warning:"), 1)
        self.assertEqual(self.gander("up", GANDER_DB=url).stderr.count("warning:"), 0)

    def test_in_dotenv_stay_there(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        self.write(".env", "GANDER_DB=mysql://me:%s@127.0.0.1/db\nbad line\n" % CANARY)
        done = self.gander("up")
        self.assertIn(".env:2:", done.stderr)
        self.assertNotIn(CANARY, done.stdout + done.stderr)


class Signals(CliTest):
    def start(self, *arguments):
        process = subprocess.Popen([PROGRAM, "up", "--verbose", *DB, *arguments],
                                   cwd=self.directory, env=self.environment, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        while "up 00002_slow.sql" not in process.stderr.readline():
            self.assertIsNone(process.poll())
        return process

    def stopped_by(self, number):
        self.write("migrations/00001_a.sql", TABLE_A)
        self.write("migrations/00002_slow.sql", ENDLESS)
        process = self.start("--commit", "each")
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        self.assertIn("error:", err)
        self.assertEqual(self.ok("version", *DB), "1\n", out)
        return process.returncode

    def test_interrupt_leaves_what_was_applied_before(self):
        self.assertEqual(self.stopped_by(signal.SIGINT), 130)

    def test_terminate(self):
        self.assertEqual(self.stopped_by(signal.SIGTERM), 143)

    def test_second_signal_leaves_at_once(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        self.write("migrations/00002_slow.sql", ENDLESS)
        process = self.start("--commit", "each")
        # Both are waiting when it may go on: the first cannot have had its effect.
        for number in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
            process.send_signal(number)
        _, err = process.communicate(timeout=60)
        self.assertIn(process.returncode, (130, 143))
        self.assertNotIn("error:", err)
        self.assertEqual(self.ok("version", *DB), "1\n")

    def test_deadline(self):
        self.write("migrations/00001_slow.sql", ENDLESS)
        value = self.json("up", *DB, "--timeout", "300ms", code=8)
        self.assertEqual(value["error"]["code"], "interrupted")
        self.assertEqual(self.ok("version", *DB), "0\n")


    def test_end_the_wait_for_another_writer(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        other = sqlite3.connect(self.directory / "app.db", isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN EXCLUSIVE")
        self.json("up", *DB, "--timeout", "300ms", code=8)
        process = subprocess.Popen([PROGRAM, "up", *DB], cwd=self.directory,
                                   env=self.environment, text=True, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        self.assertRegex(process.stderr.readline(), r"^waiting for pid \d+ \(.*\), which writes, ")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 143)
        other.execute("ROLLBACK")


class ClosedStreams(CliTest):
    def test_do_not_become_the_database(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        for closed in (">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"):
            for options in ("up", "-v up", "--json up"):
                (self.directory / "app.db").unlink(missing_ok=True)
                line = "exec '%s' %s %s %s" % (PROGRAM, " ".join(DB), options, closed)
                subprocess.run(["sh", "-c", line], cwd=self.directory, env=self.environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
                self.assertEqual(self.ok("version", *DB), "1\n", line)


class Waiting(CliTest):
    def test_for_a_database_and_for_somebody_else(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        done = self.gander("wait", *DB, "--wait", "100ms")
        self.assertEqual(done.returncode, 6, done.stderr)
        self.assertFalse((self.directory / "app.db").exists())
        sqlite3.connect(self.directory / "app.db").execute("CREATE TABLE t (i)").connection.close()
        self.assertTrue(self.json("wait", *DB)["reachable"])
        self.assertEqual(self.ok("wait", *DB, "--quiet"), "")
        value = self.json("wait", "--migrated", *DB, "--wait", "100ms", code=7)
        self.assertEqual(value["migrated"], False)
        self.json("wait", "--migrated", *DB, "--timeout", "100ms", code=8)
        self.ok("up", *DB)
        self.assertEqual(self.json("wait", "--migrated", *DB)["migrated"], True)


class Libraries(CliTest):
    def test_those_of_postgres_are_loaded_for_postgres_only(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        # The dynamic linker of glibc tells which libraries it looks for.
        lite = self.gander("up", *DB, LD_DEBUG="libs")
        self.assertEqual(lite.returncode, 0, lite.stderr)
        server = self.gander("status", "--db", "postgres://127.0.0.1:1/none", LD_DEBUG="libs")
        if "libpq" not in server.stderr:
            self.skipTest("no PostgreSQL driver in this build, or another linker")
        self.assertIn("libc.so", lite.stderr)
        for library in ("libpq", "libssl", "libldap", "libgssapi"):
            self.assertNotIn(library, lite.stderr)


class Locks(CliTest):
    def test_another_writer_is_waited_for_and_then_reported(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        other = sqlite3.connect(self.directory / "app.db", isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        done = self.gander("up", *DB, "--wait", "100ms")
        self.assertEqual(done.returncode, 5, done.stdout + done.stderr)
        other.execute("ROLLBACK")
        self.ok("up", *DB)


class Restore(CliTest):
    def test_round_trip(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        self.ok("up", *DB)
        self.write("migrations/00002_b.sql", "-- +goose Up\nDROP TABLE a;\n")
        report = self.json("up", "--backup", *DB)["report"]
        self.assertEqual(self.ok("version", *DB), "2\n")
        self.ok("restore", report["backup"], *DB)
        self.assertEqual(self.ok("version", *DB), "1\n")
        self.assertTrue((self.directory / report["backup"]).exists())

    def test_refuses_a_database_in_use(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        self.ok("up", *DB)
        other = sqlite3.connect(self.directory / "app.db", isolation_level=None)
        self.addCleanup(other.close)
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE w (x)")
        copy = sqlite3.connect(self.directory / "copy.db")
        other.backup(copy)
        copy.close()
        self.assertEqual(self.gander("restore", "copy.db", *DB).returncode, 5)


class Streams(CliTest):
    def test_a_full_disk_under_the_output_is_an_error(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROGRAM, "help"], stdout=full, stderr=subprocess.PIPE,
                                  env=self.environment, timeout=60, check=False)
        self.assertEqual(done.returncode, 6)

    def test_a_reader_that_goes_away_does_not_stop_a_run(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        self.write("migrations/00002_b.sql", TABLE_B)
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([PROGRAM, "up", *DB], cwd=self.directory, stdout=writer,
                              stderr=subprocess.PIPE, env=self.environment, timeout=60, check=False)
        os.close(writer)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ok("version", *DB), "2\n")

    def test_names_cannot_send_codes_to_the_terminal(self):
        self.write("migrations/00001_\x1b[31mred.sql", TABLE_A)
        for command in (("up",), ("status",), ("history",), ("plan", "down"), ("validate", "-v")):
            done = self.gander(*command, *DB)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("\x1b", done.stdout + done.stderr, command)

    def test_without_utf8_only_ascii_is_added(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        for command in ("up", "status", "redo", "help"):
            arguments = () if command == "help" else DB
            self.assertTrue(self.ok(command, *arguments, LC_ALL="C").isascii(), command)

    def test_the_json_of_an_error_is_alone_on_standard_output(self):
        done = self.gander("up", "--json")
        json.loads(done.stdout)
        self.assertIn("error:", done.stderr)


if __name__ == "__main__":
    unittest.main()
