# SPDX-License-Identifier: MIT
"""SQLite: a file beside the case."""
import sqlite3

WORDS = {
    # A key that the database counts.
    "serial": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "true": "1",
    # Runs until it is cancelled.
    "endless": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
               "SELECT count(*) FROM n",
    # Names of all the tables that are not Gander's.
    "tables": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'goose\\_%' "
              "ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    # A statement that refuses transactions, and may be repeated.
    "bare": "VACUUM",
    # What a session says to keep every run out, and to let it in again.
    "hold": "BEGIN IMMEDIATE",
    "release": "ROLLBACK",
}


class Session:
    def __init__(self, path):
        self.connection = sqlite3.connect(path, timeout=10, isolation_level=None)

    # Not executescript(), which commits first.
    def execute(self, sql):
        statement = ""
        for part in (sql.rstrip("; \n") + ";").split(";")[:-1]:
            statement += part + ";"
            if sqlite3.complete_statement(statement):
                self.connection.execute(statement)
                statement = ""

    def query(self, sql):
        return self.connection.execute(sql).fetchall()

    def close(self):
        self.connection.close()


class Database:
    error = sqlite3.Error
    driver = "sqlite3"
    dbstring = "app.db"
    url = "sqlite:app.db"
    client = "sqlite3 -batch app.db"
    masks = [("sqlite:app.db", "<database>"), ("app.db", "<database>")]

    def __init__(self, directory):
        self.path = f"{directory}/work/app.db"

    def connect(self):
        return Session(self.path)

    def drop(self):
        pass  # the directory goes


class Server:
    def __init__(self, scratch):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def database(self, directory):
        return Database(directory)


def missing():
    return None
