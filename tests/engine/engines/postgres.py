# SPDX-License-Identifier: MIT
"""PostgreSQL: a private server on a socket of its own, a database for each case."""
import glob
import itertools
import os
import pwd
import shutil
import subprocess
import threading
import time

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


def programs():
    given = os.environ.get("GANDER_POSTGRES_BIN")
    if given:
        return given
    found = [path for path in glob.glob("/usr/lib/postgresql/*/bin")
             if os.path.exists(os.path.join(path, "initdb"))]
    return max(found, key=lambda path: int(path.split("/")[4]), default=None)


def missing():
    if programs() is None:
        return "no PostgreSQL server programs (GANDER_POSTGRES_BIN names their directory)"
    return None if shutil.which("psql") else "no psql"


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
        self.masks = [(self.url, "<database>"), (self.dbstring, "<database>"),
                      (server.directory, "<socket>"), (name, "<name>")]

    def connect(self):
        return Session(self.server.psql(self.name))

    def drop(self):
        pass  # the server goes


class Server:
    """Runs as the user `postgres` when the tests run as root: the server refuses root."""

    def __init__(self, scratch):
        self.directory = os.path.join(scratch, "postgres")
        self.process = None
        self.numbers = itertools.count(1)
        self.one_at_a_time = threading.Lock()

    def as_user(self, arguments):
        options = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            options.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
        return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                stdin=subprocess.DEVNULL, cwd="/", **options)

    def __enter__(self):
        os.makedirs(self.directory)
        if os.geteuid() == 0:
            os.chmod(os.path.dirname(self.directory), 0o755)
            shutil.chown(self.directory, "postgres", "postgres")
        data = os.path.join(self.directory, "data")
        made = self.as_user([os.path.join(programs(), "initdb"), "-D", data, "-U", "postgres",
                             "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])
        if made.wait() != 0:
            raise RuntimeError("initdb has failed")
        self.process = self.as_user([os.path.join(programs(), "postgres"), "-D", data,
                                     "-c", "listen_addresses=", "-c", "fsync=off", "-c", "autovacuum=off",
                                     "-c", f"unix_socket_directories={self.directory}"])
        limit = time.monotonic() + SECONDS
        while subprocess.run(self.psql("postgres") + ["-c", "SELECT 1"], capture_output=True,
                             check=False).returncode != 0:
            if time.monotonic() > limit or self.process.poll() is not None:
                raise RuntimeError("the server does not start")
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.process.send_signal(3)  # at once, whatever sessions there are
            self.process.wait()

    def psql(self, database):
        return ["psql", "-XqAt", "-P", f"null={NULL}", "-v", "ON_ERROR_STOP=1", "-h",
                self.directory, "-U", "postgres", "-d", database]

    def database(self, directory):
        name = f"case_{next(self.numbers)}"
        with self.one_at_a_time:  # CREATE DATABASE copies a template that nobody else may use
            session = Session(self.psql("postgres"))
            session.ask(f"CREATE DATABASE {name}")
            session.close()
        return Database(self, name)
