#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No password of a mistyped database URL is in any output, nor in any table.

More than two hundred URLs, in every tool's grammar and with every slip that was seen, each with a
canary for a password, go through every door of both faces.
"""
import itertools
import os
import sqlite3
import subprocess
import unittest
import urllib.parse

from support import PROGRAM, TABLE_A, CliTest

PLAIN = "c4n4rySecret"
ODD = "c4n4ry@Sec/ret:pass#w?rd&x=y"
GRAMMARS = [
    "{scheme}://me:{pw}@host.invalid/db", "{scheme}://me:{pw}@host.invalid:5432/db?sslmode=disable",
    "{scheme}:/me:{pw}@host.invalid/db", "{scheme}:me:{pw}@host.invalid/db",
    "{scheme}//me:{pw}@host.invalid/db", "{scheme};//me:{pw}@host.invalid/db",
    "{scheme}://me:{pw}/db", "{scheme}:me:{pw}", "{scheme}://host.invalid/db?user=me&password={pw}",
    "{scheme}://host.invalid/db?user=me;password={pw}", "{scheme}://me/{pw}@host.invalid/db",
]
SCHEMES = ["postgre", "postgress", "psql", "pg", "postgresql+asyncpg", "mysql", "mysql+pymysql",
           "jdbc:postgresql", "sqlite", "sqlite3", "file", "redshift", "Postgres", "sqlserver",
           "postgres", "mongodb+srv"]
OTHERS = [
    "me:{pw}@tcp(host.invalid:3306)/db", "me:{pw}@host.invalid/db", "me:{pw}@/db", "me/{pw}@host.invalid:1521/x",
    "host=host.invalid password={pw}", "host=host.invalid user=me password='{pw}'", "hots=h passwrod=x password={pw}",
    "host=h, password={pw}, user=me", "password={pw}", "PASSWORD = {pw}", "host=h password: {pw}",
    "Server=h;User Id=me;Password={pw};", "Data Source=h;Uid=me;Pwd={pw}", "Driver={{x}};PWD={{{pw}}}",
    "user=me pw={pw} host=h", "jdbc:oracle:thin:me/{pw}@//h:1521/x", "jdbc:mysql://h/db?user=me&password={pw}",
    "jdbc:sqlserver://h;user=me;password={pw}", "dbi:Pg:dbname=x;host=h;password={pw}",
    '"postgres://me:{pw}@host.invalid/db', "'postgres://me:{pw}@host.invalid/db'", "<postgres://me:{pw}@host.invalid/db>",
    "postgres://me:{pw}@host.invalid/db postgres://me:{pw}@host.invalid/db", "sqlite:postgres://me:{pw}@host.invalid/db",
    "GANDER_DB=postgres://me:{pw}@host.invalid/db", "--db=postgre://me:{pw}@host.invalid/db",
]


def urls(password):
    for scheme, grammar in itertools.product(SCHEMES, GRAMMARS):
        yield grammar.format(scheme=scheme, pw=password)
    for other in OTHERS:
        yield other.format(pw=password)


def traces(password):
    """What of the password must not be seen: all of it, as it is and encoded, and its longer parts."""
    found = {password, urllib.parse.quote(password, safe="")}
    for part in password.replace("@", "/").replace(":", "/").replace("#", "/").replace("?", "/") \
            .replace("&", "/").replace("=", "/").split("/"):
        if len(part) >= 5:
            found.add(part)
    return found


class Secrets(CliTest):
    def run_all(self, url):
        """Each way to say it, as (arguments, environment)."""
        doors = [
            (("up", "--db", url), {}), (("--db", url, "status"), {}), ((url, "up"), {}), (("up", url), {}),
            (("postgres", url, "up"), {}), (("sqlite3", url, "status"), {}), (("up-to", url), {}),
            (("--db", *url.split(" "), "up"), {}), (("goose", "postgres", url, "up"), {}),
            (("goose", url, "up"), {}), (("goose", "sqlite3", url, "status"), {}),
            (("version",), {"GANDER_DB": url}), (("config",), {"GANDER_DB": url}),
            (("-v", "up"), {"DATABASE_URL": url}), (("postgres", "up"), {"GOOSE_DBSTRING": url}),
            (("goose", "up"), {"GOOSE_DRIVER": "postgres", "GOOSE_DBSTRING": url}),
            (("goose", "env"), {"GOOSE_DRIVER": url, "GOOSE_DBSTRING": url}),
        ]
        return doors

    def toml(self, url):
        quoted = url.replace("\\", "\\\\").replace('"', '\\"')
        return [f'db = "{quoted}"\n', f'url = "{quoted}"\n', f"db = {url}\n", f'"{quoted}" = true\n',
                f'[profile."{quoted}"]\nx = 1\n', f'table = "{quoted}"\n']

    def look(self, text, password, what):
        for trace in traces(password):
            if trace in text:
                self.seen.append((trace, what, text))

    def records(self):
        rows = []
        for path in self.directory.iterdir():
            if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3":
                connection = sqlite3.connect(path)
                for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'"):
                    rows.append(repr(connection.execute(f'SELECT * FROM "{name}"').fetchall()))
                connection.close()
        return "".join(rows)

    def call(self, arguments, environment):
        done = subprocess.run([PROGRAM, *arguments], cwd=self.directory, text=True,
                              env={**self.environment, "GANDER_WAIT": "0", **environment},
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        return done.stdout + done.stderr

    def test_no_password_of_a_mistyped_url_is_seen_anywhere(self):
        self.write("migrations/1_a.sql", TABLE_A)
        self.environment["GANDER_DIR"] = self.environment["GOOSE_MIGRATION_DIR"] = "migrations"
        self.seen = []
        count, calls = 0, 0
        for password in (PLAIN, ODD, urllib.parse.quote(ODD, safe="")):
            for number, url in enumerate(urls(password)):
                count += 1
                doors = self.run_all(url)
                # Every door for some, two for each, every door in turn.
                step = 1 if number % 40 == 0 else 8
                for index in range(number % step, len(doors), step):
                    arguments, environment = doors[index]
                    for more in ((), ("--json",)) if arguments[0] != "goose" else ((),):
                        calls += 1
                        text = self.call((*arguments, *more), environment)
                        self.look(text, urllib.parse.unquote(password), (arguments, environment))
                        self.look(text, password, (arguments, environment))
                texts = self.toml(url)
                self.write("gander.toml", texts[number % len(texts)])
                text = self.call(("up",), {})
                self.look(text, password, ("gander.toml", texts[number % len(texts)], text))
                (self.directory / "gander.toml").unlink()
        self.assertGreater(count, 400)
        self.assertGreater(calls, 1000)
        self.look(self.records(), PLAIN, "tables")
        self.assertEqual(len(self.seen), 0, "\n".join(map(repr, self.seen[:40])))

    def test_what_is_right_is_shown_and_said(self):
        done = self.gander("up", "--db", f"postgre://me:{PLAIN}@h/db")
        self.assertIn("postgre", done.stderr)
        done = self.gander(f"postgres://me:{PLAIN}@host/db", "up")
        self.assertIn("postgres://me:***@host/db", done.stderr)


if __name__ == "__main__":
    unittest.main()
