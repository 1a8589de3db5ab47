#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No password of a mistyped database URL is in any output, nor in any table.

More than two hundred URLs, in every tool's grammar and with every slip that was seen, each with a
canary for a password, go through every door of both faces.
"""
import concurrent.futures
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
    "{scheme}://me:{pw}@127.0.0.1/db", "{scheme}://me:{pw}@127.0.0.1:1/db?sslmode=disable",
    "{scheme}:/me:{pw}@127.0.0.1/db", "{scheme}:me:{pw}@127.0.0.1/db",
    "{scheme}//me:{pw}@127.0.0.1/db", "{scheme};//me:{pw}@127.0.0.1/db",
    "{scheme}://me:{pw}/db", "{scheme}:me:{pw}", "{scheme}://127.0.0.1/db?user=me&password={pw}",
    "{scheme}://127.0.0.1/db?user=me;password={pw}", "{scheme}://me/{pw}@127.0.0.1/db",
]
SCHEMES = ["postgre", "postgress", "psql", "pg", "postgresql+asyncpg", "mysql", "mysql+pymysql",
           "jdbc:postgresql", "sqlite", "sqlite3", "file", "redshift", "Postgres", "sqlserver",
           "postgres", "mongodb+srv"]
OTHERS = [
    "me:{pw}@tcp(127.0.0.1:1)/db", "me:{pw}@127.0.0.1/db", "me:{pw}@/db", "me/{pw}@127.0.0.1:1/x",
    "host=127.0.0.1 password={pw}", "host=127.0.0.1 user=me password='{pw}'", "hots=h passwrod=x password={pw}",
    "host=h, password={pw}, user=me", "password={pw}", "PASSWORD = {pw}", "host=h password: {pw}",
    "Server=h;User Id=me;Password={pw};", "Data Source=h;Uid=me;Pwd={pw}", "Driver={{x}};PWD={{{pw}}}",
    "user=me pw={pw} host=h", "jdbc:oracle:thin:me/{pw}@//h:1521/x", "jdbc:mysql://h/db?user=me&password={pw}",
    "jdbc:sqlserver://h;user=me;password={pw}", "dbi:Pg:dbname=x;host=h;password={pw}",
    '"postgres://me:{pw}@127.0.0.1/db', "'postgres://me:{pw}@127.0.0.1/db'", "<postgres://me:{pw}@127.0.0.1/db>",
    "postgres://me:{pw}@127.0.0.1/db postgres://me:{pw}@127.0.0.1/db", "sqlite:postgres://me:{pw}@127.0.0.1/db",
    "GANDER_DB=postgres://me:{pw}@127.0.0.1/db", "--db=postgre://me:{pw}@127.0.0.1/db",
]

# The cross product below: every grammar with every slip, inside the password and around it.
WELL_WRITTEN = {
    "URL": "postgres://me:{pw}@127.0.0.1:1/db?sslmode=disable",
    "parameter": "postgresql://127.0.0.1/db?user=me&password={pw}&sslmode=disable",
    "conninfo": "host=127.0.0.1 user=me password={pw} dbname=db",
    "quoted conninfo": "host=127.0.0.1 password='{pw}' user=me",
    "MySQL": "me:{pw}@tcp(127.0.0.1:1)/db?parseTime=true",
    "ClickHouse": "clickhouse://me:{pw}@127.0.0.1:1/db?secure=true",
    "SQLite": "file:app.db?mode=rw&_auth_user=me&_auth_pass={pw}",
    "SQL Server": "sqlserver://me:{pw}@127.0.0.1?database=db",
}
INSIDE = ["c4n4ry{}zwitscher".format(odd) for odd in
          ("", "@", ":", "/", "?", "#", " ", "'", '"', "%", "%40", "&", "=", "\\", ",", ";", "[", "(", "$")]
AROUND = [
    lambda url: '"' + url, lambda url: url + "'", lambda url: f"\u201c{url}\u201d", lambda url: f"<{url}>",
    lambda url: "  " + url, lambda url: url + "\n", lambda url: url[1:], lambda url: url[0].upper() + url[1:],
    lambda url: url.replace("://", ":/"), lambda url: url.replace("://", "//"),
    lambda url: url.replace(":", ";", 1), lambda url: url.replace("@", "", 1) + "@",
    lambda url: url.replace("@", "@@"), lambda url: url.replace("@", " @ "),
    lambda url: url.replace("=", " : "), lambda url: url.replace(" ", ", "), lambda url: url + "#?&:@/",
    lambda url: url.replace("password", "pasword"), lambda url: url.replace("?", "&"), lambda url: url + " " + url,
]


def crossed():
    for text in WELL_WRITTEN.values():
        for password in INSIDE:
            yield text.format(pw=password)
        for slip in AROUND:
            yield slip(text.format(pw=INSIDE[0]))


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
                              env={**self.environment, "GANDER_WAIT": "0", "PGPORT": "1", **environment},
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

    def test_every_grammar_with_every_slip_in_every_command_of_both_faces(self):
        self.write("migrations/1_a.sql", TABLE_A)
        self.environment.update(GANDER_DIR="migrations", GOOSE_MIGRATION_DIR="migrations")
        every = sorted(set(crossed()))
        self.assertGreaterEqual(len(every), 200)
        calls = []
        for url in every:
            for command in ("up", "status", "config"):
                calls.append(((command, "--db", url), {}))
                calls.append(((command, "--json"), {"GANDER_DB": url}))
            for driver in ("postgres", "nosql"):
                calls.append((("goose", driver, url, "up"), {}))
            calls.append((("goose", "status"), {"GOOSE_DRIVER": "postgres", "GOOSE_DBSTRING": url}))
            calls.append((("goose", "env"), {"GOOSE_DRIVER": "postgres", "GOOSE_DBSTRING": url}))
            calls.append(((url, "up"), {}))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            texts = list(pool.map(lambda call: self.call(*call), calls))
        seen = [(call, text) for call, text in zip(calls, texts)
                if "c4n4ry" in text or "zwitscher" in text]
        shown = "\n".join(f"{call}\n{text[:600]}" for call, text in seen[:60])
        self.assertEqual(len(seen), 0, f"of {len(calls)} calls:\n{shown}")
        self.assertTrue(all(texts))
        self.assertNotIn("c4n4ry", self.records())

    def test_what_is_right_is_shown_and_said(self):
        done = self.gander("up", "--db", f"postgre://me:{PLAIN}@h/db")
        self.assertIn("postgre", done.stderr)
        done = self.gander(f"postgres://me:{PLAIN}@host/db", "up")
        self.assertIn("postgres://me:***@host/db", done.stderr)

    def test_the_path_of_a_file_holds_no_password(self):
        self.write("migrations/1_a.sql", TABLE_A)
        (self.directory / "long:name@x").mkdir()
        for url in ("sqlite:long:name@x/longer@name.db", "sqlite:longer@name.db"):
            for words in (("--db", url), (f"--db={url}",)):
                done = self.gander("up", *words)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertNotIn("password", done.stdout + done.stderr)
                self.assertNotIn("***", done.stdout + done.stderr)
                self.assertIn(url.partition(":")[2], self.gander("status", *words, "--json").stdout)


if __name__ == "__main__":
    unittest.main()
