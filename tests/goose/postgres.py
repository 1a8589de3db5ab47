# SPDX-License-Identifier: MIT
"""The twins on PostgreSQL: a private server with one database for each program.

Entry points: Server, a context manager (available() says whether the machine has the programs), and
PostgresTwin. Nothing listens on TCP; the data directory is thrown away at the end.
"""

import os
import re
import subprocess
import sys

import sql
from twin import Twin, mask_now

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from postgres_server import PostgresServer, missing  # noqa: E402

DATABASES = ("of_goose", "of_gander")
END = "-- end of answer --"

# Everything in the schema `public` but Gander's side tables, one line an object or a table's rows.
SNAPSHOT = r"""
WITH hidden AS (
  SELECT c.oid FROM pg_class c JOIN pg_class v ON v.relnamespace = c.relnamespace
   AND c.relname IN (v.relname || '_history', v.relname || '_journal')
   AND c.relkind = 'r' AND v.relkind = 'r'
), tables AS (
  SELECT c.oid, c.relname FROM pg_class c
   WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
     AND c.oid NOT IN (SELECT oid FROM hidden)
)
SELECT 'column ' || relname || ' ' || attname || ' ' || format_type(atttypid, atttypmod)
       || CASE WHEN attnotnull THEN ' not null' ELSE '' END
       || coalesce(' ' || pg_get_expr(adbin, adrelid), '') || attidentity::text
  FROM tables JOIN pg_attribute a ON attrelid = tables.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid) FROM pg_index JOIN tables ON indrelid = oid
UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN tables t ON conrelid = t.oid
UNION ALL SELECT 'trigger ' || pg_get_triggerdef(g.oid) FROM pg_trigger g JOIN tables t
  ON tgrelid = t.oid
UNION ALL SELECT 'function ' || proname || ' ' || md5(prosrc) FROM pg_proc
  WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'view ' || viewname || ' ' || definition FROM pg_views WHERE schemaname = 'public'
UNION ALL SELECT 'rows ' || relname || ' ' || query_to_xml(format(
    'SELECT * FROM public.%I t ORDER BY ' || CASE WHEN EXISTS (SELECT 1 FROM pg_attribute
       WHERE attrelid = tables.oid AND attname = 'version_id') THEN 'id' ELSE 't::text COLLATE "C"' END,
    relname), true, false, '') FROM tables
ORDER BY 1;
"""


def available():
    return missing() is None


class Server(PostgresServer):
    def __enter__(self):
        super().__enter__()
        for name in DATABASES:
            self.ask("postgres", f"CREATE DATABASE {name}")
        return self

    def recreate(self, name):
        self.ask("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
                 f"CREATE DATABASE {name}")

    def copy(self, source, target):
        self.ask("postgres", f"DROP DATABASE IF EXISTS {target}",
                 f"CREATE DATABASE {target} TEMPLATE {source} STRATEGY FILE_COPY")

    def ask(self, database, *queries):
        options = ["-v", "ON_ERROR_STOP=1"] + [part for query in queries for part in ("-c", query)]
        done = subprocess.run(self.psql(database) + options,
                              check=False, capture_output=True, text=True, encoding="utf-8")
        if done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr}")
        return done.stdout

    def dbstring(self, database):
        return f"host={self.directory} user=postgres dbname={database} sslmode=disable"


class Client:
    """One psql that stays connected; starting one for each question would cost most of the time."""

    def __init__(self, server, database):
        self.process = subprocess.Popen(server.psql(database), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, encoding="utf-8")

    def ask(self, query):
        self.process.stdin.write(query + f"\n\\echo {END} :ERROR\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.startswith(END):
                if line.split()[-1] != "false":
                    raise RuntimeError(f"psql: {query}")
                break
            lines.append(line)
        return "".join(lines)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def comparable(text):
    """The answer to SNAPSHOT as twin.database() would give it."""
    # Numbers that a rolled back transaction has drawn are not given again: order is what counts.
    text = re.sub(r"(?s)(<row>\s*)<id>\d+</id>(\s*<version_id>)", r"\1\2", text)
    text = re.sub(r"<version_id>(\d+)</version_id>",
                  lambda match: f"<version_id>{mask_now(int(match[1]))}</version_id>", text)
    text = re.sub(r"<tstamp>\d{4}-[^<]*</tstamp>", "<tstamp/>", text)
    objects = tuple(part for part in re.split(r"\n(?=(?:column|index|constraint|trigger|function"
                                              r"|view|rows) )", text) if part.strip())
    return (objects, (), ()) if objects else ()


class PostgresTwin(Twin):
    engine = sql.POSTGRES

    def __init__(self, programs, scratch, server):
        super().__init__(programs, scratch)
        self.dbstrings = [server.dbstring(name) for name in DATABASES]
        self.clients = [Client(server, name) for name in DATABASES]

    def close(self):
        for client in self.clients:
            client.close()

    def reset(self):
        super().reset()
        for client in self.clients:
            client.ask("SET client_min_messages = error; DROP SCHEMA public CASCADE; "
                       "CREATE SCHEMA public;")

    def arguments(self, which, step):
        return [self.dbstrings[which] if word == "@" else word for word in step.arguments]

    def environment(self, which, step):
        return {name: self.dbstrings[which] if value == "@" else value
                for name, value in step.environment.items()}

    def database(self, which):
        return comparable(self.clients[which].ask(SNAPSHOT))

    def copy_database(self):
        self.finished = True  # there is no cheap copy: the sequence ends here
