# SPDX-License-Identifier: MIT
"""PostgreSQL: a private server on a socket of its own, a database for each case."""
import itertools
import os
import shlex
import subprocess
import threading

from postgres_server import PostgresServer, missing  # noqa: F401 (the runner asks for missing)

WORDS = {
    "serial": "integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY",
    "true": "t",
    "endless": "SELECT pg_sleep(600)",
    "tables": "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE "
              "'goose\\_%' ORDER BY tablename",
    "bare": "VACUUM",
    # goose's own session lock, which every run takes as well.
    "hold": "SELECT pg_advisory_lock(4097083626)",
    "release": "SELECT pg_advisory_unlock(4097083626)",
}
END = "-- end of answer --"
NULL = "\x01"
SECONDS = 30


class Failed(Exception):
    """What the server said."""


class Session:
    """One psql that stays connected, until something fails."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, encoding="utf-8",
                                        env={**os.environ, "PGOPTIONS": "-c client_min_messages=error"})

    def ask(self, sql):
        watchdog = threading.Timer(SECONDS, self.process.kill)
        watchdog.start()
        try:
            self.process.stdin.write(f"{sql}\n;\n\\echo '{END}'\n")
            self.process.stdin.flush()
            lines = []
            for line in self.process.stdout:
                if line == END + "\n":
                    return lines
                lines.append(line)
            raise Failed("".join(lines) or "psql has ended")
        finally:
            watchdog.cancel()

    def execute(self, sql):
        self.ask(sql)

    def query(self, sql):
        return [[None if cell == NULL else cell for cell in line.rstrip("\n").split("|")]
                for line in self.ask(sql)]

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.stdout.close()
        self.process.wait()


class Database:
    error = Failed
    driver = "postgres"

    def __init__(self, server, name):
        self.server = server
        self.name = name
        self.url = f"postgres://postgres@/{name}?host={server.directory}"
        self.dbstring = f"host={server.directory} user=postgres dbname={name}"
        self.client = shlex.join(PostgresServer.psql(server, name))
        self.masks = [(self.url, "<database>"), (self.dbstring, "<database>"),
                      (server.directory, "<socket>"), (name, "<name>")]

    def connect(self):
        return Session(self.server.psql(self.name))

    def drop(self):
        pass  # the server goes


class Server(PostgresServer):
    settings = ("autovacuum=off",)

    def __init__(self, scratch):
        super().__init__(scratch)
        self.numbers = itertools.count(1)
        self.one_at_a_time = threading.Lock()

    def psql(self, database):
        return super().psql(database) + ["-P", f"null={NULL}", "-v", "ON_ERROR_STOP=1"]

    def database(self, directory):
        name = f"case_{next(self.numbers)}"
        with self.one_at_a_time:  # CREATE DATABASE copies a template that nobody else may use
            session = Session(self.psql("postgres"))
            session.ask(f"CREATE DATABASE {name}")
            session.close()
        return Database(self, name)
