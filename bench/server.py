# SPDX-License-Identifier: MIT
"""A private PostgreSQL server on a Unix socket, and proxies that count or delay its messages.

Entry points: find_programs(), Server and Proxy, both context managers. The server keeps its
defaults (fsync is on) but for max_wal_size, so that no checkpoint falls into one tool's run, and
nothing listens on TCP.
"""
import dataclasses
import glob
import os
import pwd
import shutil
import signal
import subprocess
import time

PORT = "5432"
USER = "postgres"
START_SECONDS = 30


@dataclasses.dataclass(frozen=True)
class PostgresDatabase:
    host: str  # the directory of the socket
    name: str
    port: str = PORT
    user: str = USER

    def keywords(self):
        return (f"host={self.host} port={self.port} user={self.user} dbname={self.name} "
                "sslmode=disable")

    def url(self, scheme="postgres", host_key="host"):
        return (f"{scheme}://{self.user}@/{self.name}?{host_key}={self.host}&port={self.port}"
                "&sslmode=disable")


def find_programs():
    """The directory of the newest installed server, or None."""
    found = [path for path in glob.glob("/usr/lib/postgresql/*/bin")
             if os.path.exists(os.path.join(path, "initdb"))]
    newest = max(found, key=lambda path: int(path.split("/")[4]), default=None)
    initdb = shutil.which("initdb")
    return newest or (os.path.dirname(initdb) if initdb else None)


class Server:
    """Runs as the user `postgres` when the benchmark runs as root, whom the server refuses."""

    def __init__(self, directory):
        self.directory = os.path.join(directory, "server")
        self.programs = find_programs()
        self.process = None

    def start(self, program, *arguments):
        options = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam(USER)
            options = {"user": user.pw_uid, "group": user.pw_gid}
        return subprocess.Popen([os.path.join(self.programs, program), *arguments], cwd="/",
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, **options)

    def __enter__(self):
        os.makedirs(self.directory)
        if os.geteuid() == 0:
            os.chmod(os.path.dirname(self.directory), 0o755)
            shutil.chown(self.directory, USER, USER)
        data = os.path.join(self.directory, "data")
        if self.start("initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8",
                      "--locale=C").wait() != 0:
            raise RuntimeError("initdb has failed")
        self.process = self.start("postgres", "-D", data, "-c", "listen_addresses=",
                                  "-c", "max_wal_size=4GB", "-c", "port=" + PORT,
                                  "-c", f"unix_socket_directories={self.directory}")
        limit = time.monotonic() + START_SECONDS
        while not os.path.exists(self.socket()) or self.answers() != 0:
            if time.monotonic() > limit or self.process.poll() is not None:
                self.__exit__()
                raise RuntimeError("the server does not start")
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        # Fast: SIGTERM would wait for the clients.
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def socket(self):
        return os.path.join(self.directory, ".s.PGSQL." + PORT)

    def answers(self):
        return subprocess.run(self.psql("postgres", "SELECT 1"), capture_output=True,
                              check=False).returncode

    def psql(self, database, sql):
        return ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.directory, "-p", PORT, "-U",
                USER, "-d", database, "-c", sql]

    def ask(self, sql, database="postgres"):
        return subprocess.run(self.psql(database, sql), stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"},
                              check=True).stdout.strip()

    def recreate(self, name):
        """An empty database of this name, and nothing left to write from before."""
        self.ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.ask(f"CREATE DATABASE {name} TEMPLATE template0")

    def version(self):
        return self.ask("SHOW server_version").split()[0]

    def wal_syncs(self):
        return int(self.ask("SELECT wal_sync FROM pg_stat_wal"))


class Proxy:
    """The server behind a delay that adds `round_trip_ms` to every round trip."""

    def __init__(self, program, directory, server, round_trip_ms):
        self.program = program
        self.directory = os.path.join(directory, f"away-{round_trip_ms:g}")
        self.counts = os.path.join(self.directory, "counts")
        self.arguments = [os.path.join(self.directory, ".s.PGSQL." + PORT), server.socket(),
                          str(int(round_trip_ms * 500)), self.counts]
        self.process = None
        self.seen = 0

    def __enter__(self):
        os.makedirs(self.directory)
        self.process = subprocess.Popen([self.program, *self.arguments])
        while not os.path.exists(self.arguments[0]):
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def round_trips(self):
        """Of all connections since the last call. Waits for the last of them to be counted."""
        limit = time.monotonic() + 2
        lines = []
        while len(lines) <= self.seen and time.monotonic() < limit:
            time.sleep(0.02)
            if os.path.exists(self.counts):
                with open(self.counts, encoding="ascii") as file:
                    lines = file.read().splitlines()
        fresh = lines[self.seen:]
        self.seen = len(lines)
        return sum(int(line.split()[0]) for line in fresh)
