# SPDX-License-Identifier: MIT
"""The programs that are compared: how each is found and called on an SQLite file, a PostgreSQL
database (server.PostgresDatabase) or one of MySQL (on_mysql.MysqlDatabase).

A tool gives the command for the works `up` (also for "nothing to do") and `status`. Peers come from
PATH; bench/install-peers puts some there.
"""
import dataclasses
import os
import shutil
import subprocess


@dataclasses.dataclass(frozen=True)
class SqliteFile:
    path: str

    def url(self, prefix):
        return prefix + self.path


def is_sqlite(target):
    return isinstance(target, SqliteFile)


def is_mysql(target):
    return hasattr(target, "dsn")


@dataclasses.dataclass
class Call:
    command: list
    cwd: str | None = None
    environment: dict | None = None


class Tool:
    name = ""
    layout = "goose"
    program = ""

    def find(self):
        """The path of the program, or None."""
        return shutil.which(self.program)

    def version(self):
        return first_line([self.program, "--version"])

    def call(self, work, target, directory):
        raise NotImplementedError


def first_line(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    lines = done.stdout.strip().splitlines()
    return lines[0].strip() if lines else "?"


def environment(**extra):
    return {**os.environ, **extra}


class Gander(Tool):
    """`commit`: a value of --commit, if not the default."""

    def __init__(self, program, commit=None):
        self.program = os.path.abspath(program)
        self.commit = commit
        self.name = "gander" if commit is None else f"gander --commit {commit}"

    def call(self, work, target, directory):
        url = target.url("sqlite:") if is_sqlite(target) else target.url()
        options = ["--commit", self.commit] if self.commit and work == "up" else []
        return Call([self.program, work, "--db", url, "--dir", directory, *options])


class Floor(Tool):
    """A database's C API alone."""

    def find(self):
        return self.program

    def version(self):
        return "the bare C API"


class SqliteFloor(Floor):
    """`commit`: each or all. Seeds are streamed, so that memory is bounded."""

    def __init__(self, program, commit):
        self.program = program
        self.commit = commit
        self.name = f"floor ({'one commit' if commit == 'all' else 'a commit each'})"

    def call(self, work, target, directory):
        verb = {"up": "apply", "status": "status", "seed": "stream"}[work]
        return Call([self.program, verb, target.path, directory, self.commit])


class PostgresFloor(Floor):
    """`group`: how many migrations share a commit and a message."""

    def __init__(self, program, group):
        self.program = program
        self.group = group
        self.name = "floor (a commit each)" if group == 1 else f"floor (a commit for {group})"

    def call(self, work, target, directory):
        verb = {"up": "apply", "status": "status"}[work]
        return Call([self.program, verb, target.keywords(), directory, str(self.group)])


class MysqlFloor(Floor):
    name = "floor"

    def __init__(self, program):
        self.program = program

    def call(self, work, target, directory):
        verb = {"up": "apply", "status": "status"}[work]
        return Call([self.program, verb, target.socket, target.name, directory])


class Psql(Tool):
    """PostgreSQL's own client, for what it has in common with a migration tool: reading a file."""
    name = program = "psql"

    def call(self, work, target, directory):
        files = [name for name in os.listdir(directory) if name.endswith(".sql")]
        return Call([self.program, "-Xq", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-d",
                     target.keywords(), "-f", os.path.join(directory, files[0])])


class Goose(Tool):
    name = program = "goose"

    def version(self):
        return first_line([self.program, "-version"])

    def call(self, work, target, directory):
        database = (["sqlite3", target.path] if is_sqlite(target)
                    else ["mysql", target.dsn()] if is_mysql(target)
                    else ["postgres", target.keywords()])
        return Call([self.program, "-dir", directory, *database, work])


class Dbmate(Tool):
    name = program = layout = "dbmate"

    def call(self, work, target, directory):
        url = (target.url("sqlite:") if is_sqlite(target)
               else target.url() if is_mysql(target) else target.url(host_key="socket"))
        return Call([self.program, "--url", url, "-d", directory, "--no-dump-schema", work])


class GolangMigrate(Tool):
    name, program, layout = "golang-migrate", "migrate", "golang-migrate"

    def call(self, work, target, directory):
        word = {"up": "up", "status": "version"}[work]
        url = target.url("sqlite3://") if is_sqlite(target) else target.url()
        return Call([self.program, "-path", directory, "-database", url, word])


class SqlMigrate(Tool):
    name = program = layout = "sql-migrate"

    def call(self, work, target, directory):
        kind = "sqlite" if is_sqlite(target) else "postgres"
        where = ({"DB_FILE": target.path} if is_sqlite(target)
                 else {"DB_URL": target.keywords()})
        return Call([self.program, work, "-config=dbconfig.yml", "-env=" + kind], directory,
                    environment(**where))


class Sqitch(Tool):
    name = program = layout = "sqitch"

    def call(self, work, target, directory):
        word = {"up": "deploy", "status": "status"}[work]
        if is_sqlite(target):
            return Call([self.program, word, target.url("db:sqlite:")], directory)
        return Call([self.program, word, "db:pg:" + target.name], directory,
                    environment(PGHOST=target.host, PGPORT=target.port, PGUSER=target.user))


class Alembic(Tool):
    name = program = layout = "alembic"

    def call(self, work, target, directory):
        words = {"up": ["upgrade", "head"], "status": ["current"]}[work]
        url = (target.url("sqlite:///") if is_sqlite(target)
               else f"postgresql+psycopg2://{target.user}@/{target.name}?host={target.host}"
                    f"&port={target.port}")
        return Call([self.program, *words], directory, environment(DB_URL=url))


class Yoyo(Tool):
    name = program = layout = "yoyo"

    def call(self, work, target, directory):
        word = {"up": "apply", "status": "list"}[work]
        url = (target.url("sqlite:///") if is_sqlite(target)
               else f"postgresql://{target.user}@/{target.name}?host={target.host}"
                    f"&port={target.port}")
        return Call([self.program, word, "--batch", "--no-config-file", "--database", url,
                     directory])


# Those of them that are called on MySQL.
MYSQL_PEERS = (Goose, Dbmate)
PEERS = (Goose, Dbmate, GolangMigrate, SqlMigrate, Sqitch, Alembic, Yoyo)
