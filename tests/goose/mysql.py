# SPDX-License-Identifier: MIT
"""The twins on MySQL: a private MariaDB for each program, because the server's messages have the name
of the database in them.

Entry points: Servers, a context manager (available() says whether the machine has the programs), and
MysqlTwin. Nothing listens on TCP; the data directories are thrown away at the end.
"""

import contextlib
import os
import re
import subprocess
import sys
from dataclasses import replace

import sql
from twin import Twin, mask_now, own_tables

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from mysql_server import MysqlServer, missing  # noqa: E402

DATABASE = "app"
END = "-- end of answer --"
TABLES = ("SELECT table_name, table_type FROM information_schema.tables "
          "WHERE table_schema = DATABASE() ORDER BY table_name")
# One line an object.
BESIDES = """
SELECT 'trigger', trigger_name, action_timing, event_manipulation, event_object_table,
       action_statement FROM information_schema.triggers WHERE trigger_schema = DATABASE()
 ORDER BY trigger_name;
SELECT routine_type, routine_name, routine_definition FROM information_schema.routines
 WHERE routine_schema = DATABASE() ORDER BY routine_name;
"""
VERSION_TABLE = ("id", "version_id", "is_applied", "tstamp")


def available():
    return missing() is None


class Client:
    """One client that stays connected; starting one for each question would cost most of the time."""

    def __init__(self, server, database):
        self.process = subprocess.Popen(server.client(database) + ["-f"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, encoding="utf-8")

    def ask(self, statements):
        self.process.stdin.write(f"{statements};\nSELECT '{END}';\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == END + "\n":
                return lines
            lines.append(line.rstrip("\n"))
        raise RuntimeError(f"mariadb: {statements}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def contents(client):
    """All that is in the database of a client, as twin.database() would give it."""
    tables = dict(line.split("\t") for line in client.ask(TABLES))
    hidden = own_tables(tables)
    names = [name for name in tables if name not in hidden]
    texts = client.ask(";\n".join([f"SHOW CREATE TABLE `{name}`" for name in names] + [BESIDES]))
    # How far a counter has come depends on what was rolled back.
    objects = [re.sub(r" AUTO_INCREMENT=\d+", "", text) for text in texts]
    columns = {name: [] for name in names}
    for line in client.ask("SELECT table_name, column_name FROM information_schema.columns "
                           "WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position"):
        name, column = line.split("\t")
        columns.get(name, []).append(column)
    rows = []
    for name in names:
        if tables[name] != "BASE TABLE":
            continue
        if tuple(columns[name]) == VERSION_TABLE:
            found = [version_row(line) for line in
                     client.ask(f"SELECT version_id, is_applied, tstamp FROM `{name}` ORDER BY id")]
        else:
            found = sorted(client.ask(f"SELECT * FROM `{name}`"))
        rows.append((name, tuple(found)))
    return (tuple(objects), tuple(rows), ()) if objects else ()


def version_row(line):
    version, applied, stamp = line.split("\t")
    return mask_now(int(version)), applied, re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "time", stamp)


class Servers:
    """goose's and Gander's."""

    def __init__(self, scratch):
        self.stack = contextlib.ExitStack()
        self.scratch = scratch
        self.both = []

    def __enter__(self):
        self.both = [self.stack.enter_context(MysqlServer(self.scratch)) for _ in range(2)]
        for server in self.both:
            server.ask("mysql", f"CREATE DATABASE {DATABASE}")
        return self

    def __exit__(self, *_):
        self.stack.close()


class MysqlTwin(Twin):
    engine = sql.MYSQL

    def __init__(self, programs, scratch, servers):
        super().__init__(programs, scratch)
        self.servers = servers.both
        self.dbstrings = [server.dbstring(DATABASE) for server in self.servers]
        self.clients = [Client(server, DATABASE) for server in self.servers]

    def close(self):
        for client in self.clients:
            client.close()

    def reset(self):
        super().reset()
        for client in self.clients:
            client.ask(f"DROP DATABASE {DATABASE}; CREATE DATABASE {DATABASE}; USE {DATABASE}")

    def arguments(self, which, step):
        return [self.dbstrings[which] if word == "@" else word for word in step.arguments]

    def environment(self, which, step):
        return {name: self.dbstrings[which] if value == "@" else value
                for name, value in step.environment.items()}

    def call(self, which, step):
        result = super().call(which, step)
        directory = self.servers[which].directory
        return replace(result, out=result.out.replace(directory, "<server>"),
                       err=result.err.replace(directory, "<server>"))

    def database(self, which):
        return contents(self.clients[which])

    def copy_database(self):
        self.finished = True  # there is no cheap copy: the sequence ends here
