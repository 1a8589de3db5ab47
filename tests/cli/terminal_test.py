#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Colour and the live line, through a real pseudo-terminal."""
import fcntl
import os
import pty
import select
import signal
import sqlite3
import struct
import subprocess
import termios
import unittest

from support import ENDLESS, PROGRAM, TABLE_A, CliTest

DB = ("--db", "sqlite:app.db")


class Screen:
    """A program whose three streams are one terminal."""
    COLUMNS = 60

    def __init__(self, test, *arguments, **environment):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, self.COLUMNS, 0, 0))
        self.master = master
        self.process = subprocess.Popen([PROGRAM, *arguments], cwd=test.directory, stdin=slave,
                                        stdout=slave, stderr=slave, start_new_session=True,
                                        env={**test.environment, **environment})
        os.close(slave)
        test.addCleanup(os.close, master)
        test.addCleanup(self.process.wait)
        test.addCleanup(self.process.kill)
        self.text = ""

    def read(self):
        """One piece of output, or "" when the program has ended."""
        ready, _, _ = select.select([self.master], [], [], 60)
        if not ready:
            raise AssertionError("nothing is printed: %r" % self.text)
        try:
            piece = os.read(self.master, 65536).decode("utf-8", "replace")
        except OSError:
            piece = ""
        self.text += piece
        return piece

    def until(self, text):
        while text not in self.text:
            if not self.read():
                raise AssertionError("%r does not appear in %r" % (text, self.text))

    def finish(self):
        while self.read():
            pass
        return self.process.wait(timeout=60)


class Colour(CliTest):
    def setUp(self):
        super().setUp()
        self.write("migrations/00001_a.sql", TABLE_A)

    def on_screen(self, *arguments, **environment):
        screen = Screen(self, "status", *DB, *arguments, **environment)
        self.assertEqual(screen.finish(), 0, screen.text)
        self.assertIn("pending", screen.text)
        return "\x1b[" in screen.text

    def in_pipe(self, **environment):
        return "\x1b[" in self.ok("status", *DB, **environment)

    def test_is_for_terminals(self):
        self.assertTrue(self.on_screen())
        self.assertFalse(self.in_pipe())

    def test_can_be_refused(self):
        self.assertFalse(self.on_screen("--no-color"))
        self.assertFalse(self.on_screen(NO_COLOR="1"))
        self.assertFalse(self.on_screen(TERM="dumb"))
        self.assertTrue(self.on_screen(NO_COLOR=""))

    def test_can_be_forced(self):
        self.assertTrue(self.in_pipe(CLICOLOR_FORCE="1"))
        self.assertTrue(self.in_pipe(FORCE_COLOR="1"))
        self.assertFalse(self.in_pipe(FORCE_COLOR="1", NO_COLOR="1"))


class WideScreen(Screen):
    COLUMNS = 80


class Tables(CliTest):
    """The usual terminal has 80 columns, and names begin with 14 digits."""

    def setUp(self):
        super().setUp()
        self.write("migrations/20260131120000_create_the_table_of_birds.sql", TABLE_A)
        self.ok("up", *DB, "--actor", "deployment@builds.example.com")
        self.write("migrations/20260131120500_add_the_wings_of_the_birds.sql",
                   "-- +goose Up\nALTER TABLE birds_that_nobody_has_created ADD wings INTEGER;\n")
        self.gander("up", *DB)

    def lines(self, *arguments):
        screen = WideScreen(self, *arguments, *DB, "--no-color")
        screen.finish()
        lines = screen.text.replace("\r", "").split("\n")
        for line in lines:
            self.assertLessEqual(len(line), 80, screen.text)
        return lines

    def test_status_keeps_the_times(self):
        lines = self.lines("status")
        self.assertIn("APPLIED AT (UTC)", "\n".join(lines))
        row = next(line for line in lines if "20260131120000  applied" in line)
        self.assertRegex(row, r"applied +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  2026.*_birds\.sql$")

    def test_history_keeps_the_reasons(self):
        lines = self.lines("history")
        self.assertIn("AT (UTC)", "\n".join(lines))
        row = next(i for i, line in enumerate(lines) if "failed" in line)
        self.assertRegex(lines[row], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  failed .*_birds\.sql$")
        reason = " ".join(line.strip() for line in lines[row + 1:])
        self.assertIn("no such table: birds_that_nobody_has_created", reason)

    def test_doctor_and_lock_fit(self):
        other = sqlite3.connect(self.directory / "app.db", isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        for command in (["doctor"], ["lock", "status"]):
            self.assertGreater(len(self.lines(*command)), 1)


class LiveLine(CliTest):
    def test_shows_long_work_and_goes_away(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        self.write("migrations/00002_slow.sql", ENDLESS)
        screen = Screen(self, "up", "--commit", "each", *DB)
        screen.until("2/2 00002_slow.sql")
        screen.process.send_signal(signal.SIGINT)
        self.assertEqual(screen.finish(), 130)
        self.assertIn("00001_a.sql", screen.text)
        last_erase = screen.text.rfind("\r\x1b[K")
        self.assertLess(screen.text.rfind("2/2 00002_slow.sql"), last_erase)
        self.assertIn("error:", screen.text[last_erase:])

    def test_fits_the_screen(self):
        name = "00001_%s.sql" % ("long" * 30)
        self.write("migrations/" + name, ENDLESS)
        screen = Screen(self, "up", *DB)
        screen.until("1/1 00001_long")
        screen.until("\r\x1b[K")  # it is drawn again, so the time was not cut off
        screen.process.send_signal(signal.SIGINT)
        screen.finish()
        line = screen.text[screen.text.index("  1/1"):].split("\r", 1)[0].split("\x1b", 1)[0]
        self.assertLessEqual(len(line), 59)

    def test_is_not_drawn_without_a_capable_terminal(self):
        self.write("migrations/00001_slow.sql", ENDLESS)
        screen = Screen(self, "up", *DB, "--timeout", "500ms", TERM="dumb")
        self.assertEqual(screen.finish(), 8)
        self.assertNotIn("\x1b", screen.text)

    def test_tells_who_is_waited_for(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        other = sqlite3.connect(self.directory / "app.db", isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        screen = Screen(self, "up", *DB)
        screen.until("waiting for pid ")
        other.execute("ROLLBACK")
        self.assertEqual(screen.finish(), 0, screen.text)

    def test_quiet_is_quiet(self):
        self.write("migrations/00001_a.sql", TABLE_A)
        screen = Screen(self, "up", "--quiet", *DB)
        self.assertEqual(screen.finish(), 0)
        self.assertEqual(screen.text, "")


if __name__ == "__main__":
    unittest.main()
