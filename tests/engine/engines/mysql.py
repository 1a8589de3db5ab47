# SPDX-License-Identifier: MIT
"""MariaDB: a private server on a socket of its own, a database for each case."""
import itertools
import shlex
import subprocess
import threading

from mysql_server import MysqlServer, missing  # noqa: F401 (the runner asks for missing)

LOCK = ("CONCAT('gander:', LEFT(SHA2(CONCAT('gander run lock\\n', DATABASE(), "
        "'.goose_db_version'), 256), 40))")
WORDS = {
    "serial": "INT PRIMARY KEY AUTO_INCREMENT",
    "true": "1",
    "endless": "SELECT SLEEP(600)",
    "tables": "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() "
              "AND table_name NOT LIKE 'goose\\_%' ORDER BY table_name",
    "bare": "SET TRANSACTION READ WRITE",  # 1568 within one
    # The named lock of each run (src/driver/mysql/lock.h).
    "hold": f"SELECT GET_LOCK({LOCK}, 10)",
    "release": f"SELECT RELEASE_LOCK({LOCK})",
}
END = "-- end of answer --"
SECONDS = 30


class Failed(Exception):
    """What the server said."""


class Session:
    """One client that stays connected, until something fails."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, encoding="utf-8")

    def ask(self, sql):
        watchdog = threading.Timer(SECONDS, self.process.kill)
        watchdog.start()
        try:
            self.process.stdin.write(f"{sql}\n;\nSELECT '{END}';\n")
            self.process.stdin.flush()
            lines = []
            for line in self.process.stdout:
                if line == END + "\n":
                    return lines
                lines.append(line)
            raise Failed("".join(lines) or "the client has ended")
        finally:
            watchdog.cancel()

    def execute(self, sql):
        self.ask(sql)

    def query(self, sql):
        return [line.rstrip("\n").split("\t") for line in self.ask(sql)]

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.stdout.close()
        self.process.wait()


class Database:
    error = Failed
    driver = "mysql"

    def __init__(self, server, name):
        self.server = server
        self.name = name
        self.url = server.url(name)
        self.dbstring = server.dbstring(name)
        self.client = shlex.join(server.client(name))
        self.masks = [(self.url, "<database>"), (self.dbstring, "<database>"),
                      (server.directory, "<socket>"), (name, "<name>")]

    def connect(self):
        return Session(self.server.client(self.name))

    def drop(self):
        pass  # the server goes


class Server(MysqlServer):
    # Texts are joined with || as in the other databases.
    settings = ("--sql-mode=STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,"
                "PIPES_AS_CONCAT",)

    def __init__(self, scratch):
        super().__init__(scratch)
        self.numbers = itertools.count(1)

    def database(self, directory):
        name = f"case_{next(self.numbers)}"
        self.ask("mysql", f"CREATE DATABASE {name}")
        return Database(self, name)
