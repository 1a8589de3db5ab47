# SPDX-License-Identifier: MIT
"""goose and Gander take turns on one database; each must accept what the other has left.

Entry points: run() on SQLite, run_on_postgres(), run_on_mysql(). Every order of five commands out of up-by-one, down,
redo and up -allow-missing is tried, once with goose first and once with Gander first, against goose
alone on a database of its own. A migration that is older than others appears after the second
command. Orders with a common beginning share its execution: the databases are copied at each branch.
On servers, where a copy is slow, orders that have led to the same state after equally many commands
share what follows: the same contents, and the same in the tables that Gander keeps for itself.
"""

import multiprocessing
import os
import shutil

import mysql
import postgres
from twin import compare, database, spawn

COMMANDS = [["up-by-one"], ["down"], ["redo"], ["-allow-missing", "up"]]
LENGTH = 5
LATE = ("00003_late.sql", "-- +goose Up\nINSERT INTO a VALUES (3, 'late');\n"
        "-- +goose Down\nDELETE FROM a WHERE id = 3;\n")
FILES = {
    "00001_a.sql": "-- +goose Up\nCREATE TABLE a (id INTEGER PRIMARY KEY, word TEXT);\n"
                   "-- +goose Down\nDROP TABLE a;\n",
    "00002_index.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX i ON a (word);\n"
                       "INSERT INTO a VALUES (2, 'two');\n"
                       "-- +goose Down\nDELETE FROM a WHERE id = 2;\nDROP INDEX i;\n",
    "00004_empty.sql": "-- +goose Up\n-- +goose Down\n",
    "00005_trigger.sql": "-- +goose Up\n-- +goose StatementBegin\nCREATE TRIGGER g AFTER INSERT ON a\n"
                         "BEGIN\n  UPDATE a SET word = word || '!' WHERE id = NEW.id;\nEND;\n"
                         "-- +goose StatementEnd\nINSERT INTO a VALUES (5, 'five');\n"
                         "-- +goose Down\nDELETE FROM a WHERE id = 5;\nDROP TRIGGER g;\n",
}
POSTGRES_FILES = {
    **FILES,
    "00002_index.sql": FILES["00002_index.sql"].replace("INDEX i", "INDEX CONCURRENTLY i"),
    "00005_trigger.sql": "-- +goose Up\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS trigger "
                         "AS $$\nBEGIN\n  NEW.word = NEW.word || '!';\n  RETURN NEW;\nEND;\n$$ LANGUAGE "
                         "plpgsql;\n-- +goose StatementEnd\nCREATE TRIGGER g BEFORE INSERT ON a FOR "
                         "EACH ROW EXECUTE FUNCTION f();\nINSERT INTO a VALUES (5, 'five');\n"
                         "-- +goose Down\nDELETE FROM a WHERE id = 5;\nDROP TRIGGER g ON a;\n"
                         "DROP FUNCTION f;\n",
}


MYSQL_FILES = {
    **FILES,
    "00001_a.sql": FILES["00001_a.sql"].replace("word TEXT", "word VARCHAR(50)"),
    "00002_index.sql": FILES["00002_index.sql"].replace("DROP INDEX i", "DROP INDEX i ON a"),
    "00005_trigger.sql": "-- +goose Up\n-- +goose StatementBegin\nCREATE TRIGGER g BEFORE INSERT ON a "
                         "FOR EACH ROW\nBEGIN\n  SET NEW.word = concat(NEW.word, '!');\nEND;\n"
                         "-- +goose StatementEnd\nINSERT INTO a VALUES (5, 'five');\n"
                         "-- +goose Down\nDELETE FROM a WHERE id = 5;\nDROP TRIGGER g;\n",
}


# What Gander has on record: the journal, and the last word of the history on each version.
OWN_STATE = """
SELECT query_to_xml('SELECT version_id, direction, done, running FROM goose_db_version_journal',
                    true, false, '') WHERE to_regclass('goose_db_version_journal') IS NOT NULL
UNION ALL
SELECT query_to_xml('SELECT DISTINCT ON (version_id) version_id, event, name, checksum
                     FROM goose_db_version_history ORDER BY version_id, id DESC', true, false, '')
 WHERE to_regclass('goose_db_version_history') IS NOT NULL
"""


MYSQL_STATE = {
    "goose_db_version_journal": "SELECT version_id, direction, done, running FROM "
                                "goose_db_version_journal ORDER BY version_id",
    "goose_db_version_history": "SELECT version_id, event, name, checksum FROM "
                                "goose_db_version_history WHERE id IN (SELECT max(id) FROM "
                                "goose_db_version_history GROUP BY version_id) ORDER BY version_id",
}


class SqliteFiles:
    """Databases by name, for one explorer."""

    files = FILES
    driver = "sqlite3"

    def __init__(self, scratch):
        self.scratch = scratch

    def target(self, name):
        return os.path.join(self.scratch, name)

    def create(self, name):
        pass  # by the first command

    def copy(self, source, target):
        target = self.target(target)
        for suffix in ("", "-journal", "-wal", "-shm"):
            if os.path.exists(target + suffix):
                os.remove(target + suffix)
        if os.path.exists(self.target(source)):
            shutil.copyfile(self.target(source), target)

    def contents(self, name):
        return database(self.target(name))

    def state(self, _name, _contents):
        return object()  # like no other: every order is followed to its end


class PostgresDatabases:
    files = POSTGRES_FILES
    driver = "postgres"

    def __init__(self, server, prefix):
        self.server = server
        self.prefix = prefix

    def target(self, name):
        return self.server.dbstring(self.prefix + name)

    def create(self, name):
        self.server.recreate(self.prefix + name)

    def copy(self, source, target):
        self.server.copy(self.prefix + source, self.prefix + target)

    def contents(self, name):
        return postgres.comparable(self.server.ask(self.prefix + name, postgres.SNAPSHOT))

    def state(self, name, contents):
        return str(contents) + self.server.ask(self.prefix + name, OWN_STATE)


class MysqlDatabases:
    files = MYSQL_FILES
    driver = "mysql"

    def __init__(self, server, prefix):
        self.server = server
        self.prefix = prefix

    def target(self, name):
        return self.server.dbstring(self.prefix + name)

    def create(self, name):
        name = self.prefix + name
        self.server.ask("mysql", f"DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name}")

    def copy(self, source, target):
        self.create(target)
        source, target = self.prefix + source, self.prefix + target
        lines = []
        for table in self.server.ask(source, "SHOW TABLES"):
            lines += [f"CREATE TABLE {table} LIKE {source}.{table}",
                      f"INSERT INTO {table} SELECT * FROM {source}.{table}"]
        for trigger in self.server.ask(source, "SHOW TRIGGERS"):
            name, event, table, body, timing = trigger.split("\t")[:5]
            body = body.replace("\\n", "\n")
            lines.append(f"CREATE TRIGGER {name} {timing} {event} ON {table} FOR EACH ROW {body}")
        self.server.ask(target, "DELIMITER //\n" + "//\n".join(lines) + "//\n")

    def contents(self, name):
        client = mysql.Client(self.server, self.prefix + name)
        try:
            return mysql.contents(client)
        finally:
            client.close()

    def state(self, name, contents):
        """With what Gander has on record."""
        name = self.prefix + name
        tables = self.server.ask(name, "SHOW TABLES")
        return str(contents) + "".join(str(self.server.ask(name, query))
                                       for table, query in MYSQL_STATE.items() if table in tables)


class Explorer:
    """Follows three databases: goose's own, and those where goose and where Gander begins."""

    def __init__(self, programs, scratch, databases, length):
        self.programs = programs
        self.scratch = scratch
        self.databases = databases
        self.length = length
        self.directories = []
        files = databases.files
        for name, present in (("early", files), ("late", {**files, LATE[0]: LATE[1]})):
            directory = os.path.join(self.scratch, name, "migrations")
            os.makedirs(directory)
            for file, text in present.items():
                with open(os.path.join(directory, file), "w", encoding="utf-8") as stream:
                    stream.write(text)
            self.directories.append(os.path.dirname(directory))
        self.commands = 0
        self.passed = 0
        self.failures = []
        self.followed = set()  # (commands so far, whose turn it is, state), to the end and well

    def call(self, program, taken, name):
        os.chdir(self.directories[0 if len(taken) < 3 else 1])
        self.commands += 1
        result = spawn([program, "-dir", "migrations", self.databases.driver,
                        self.databases.target(name)] + taken[-1], {}, self.scratch)
        result.database = self.databases.contents(name)
        return result.masked()

    def explore(self, taken, alone, shared, numbers=range(len(COMMANDS))):
        """`shared`: {whose turn it was at the start, 0 goose and 1 Gander: database}; `numbers`: of
        the commands to try next."""
        if len(taken) == self.length:
            self.passed += len(shared)
            return
        for number in numbers:
            now = taken + [COMMANDS[number]]
            last = number == numbers[-1]  # needs no copy
            own = self.branch(alone, now, last)
            expected = self.call(self.programs[0], now, own)
            agreeing, states = {}, set()
            for first, name in shared.items():
                turn = (first + len(taken)) % 2
                name = self.branch(name, now, last)
                actual = self.call(self.programs[turn], now, name)
                difference = compare(expected, actual)
                if difference:
                    story = ", ".join(f"{('goose', 'gander')[(first + i) % 2]} {' '.join(command)}"
                                      for i, command in enumerate(now))
                    self.failures.append(f"FAILED interleaved: {story}\n{difference}")
                    continue
                state = (len(now), turn, self.databases.state(name, actual.database))
                if len(now) < self.length and state in self.followed:
                    self.passed += len(COMMANDS) ** (self.length - len(now))
                else:
                    agreeing[first] = name
                    states.add(state)
            failures = len(self.failures)
            if agreeing:
                self.explore(now, own, agreeing)
            if len(self.failures) == failures:
                self.followed |= states

    def branch(self, name, taken, last):
        if last:
            return name
        copy = f"{name.split('_')[0]}_{len(taken)}"
        self.databases.copy(name, copy)
        return copy


def explore_from(job):
    programs, scratch, numbers, databases, length = job
    own = os.path.join(scratch, f"interleave-{databases.driver if databases else ''}{numbers[0]}")
    os.makedirs(own)
    databases = databases or SqliteFiles(own)
    explorer = Explorer(programs, own, databases, length)
    for name in ("alone", "shared0", "shared1"):
        databases.create(name)
    explorer.explore([], "alone", {0: "shared0", 1: "shared1"}, numbers)
    return explorer.passed, explorer.failures, explorer.commands


def run(programs, scratch, jobs):
    """Returns (orders passed, explanations, commands)."""
    work = [(programs, scratch, [number], None, LENGTH) for number in range(len(COMMANDS))]
    with multiprocessing.Pool(jobs) as pool:
        results = pool.map(explore_from, work, chunksize=1)
    return (sum(r[0] for r in results), [text for r in results for text in r[1]],
            sum(r[2] for r in results))


def run_on_postgres(programs, scratch, length=LENGTH):
    if not postgres.available():
        print("*** SKIPPED: there are no PostgreSQL server programs here ***")
        return 0, [], 0
    with postgres.Server(os.path.join(scratch, "interleaved")) as server:
        return explore_from((programs, scratch, range(len(COMMANDS)),
                             PostgresDatabases(server, "of_"), length))


def run_on_mysql(programs, scratch, length=LENGTH):
    if not mysql.available():
        print("*** SKIPPED: there are no MariaDB server programs here ***")
        return 0, [], 0
    with mysql.MysqlServer(scratch) as server:
        return explore_from((programs, scratch, range(len(COMMANDS)),
                             MysqlDatabases(server, "of_"), length))
