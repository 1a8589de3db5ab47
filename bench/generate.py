#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes sets of migrations for the benchmark: the same SQL in the layout of each tool.

  generate.py --layout goose --count 1000 DIR           tables, an index and three rows each
  generate.py --layout goose --count 1000 --tables DIR        a table each
  generate.py --layout goose --seed single --bytes 100M DIR   one migration full of INSERTs
  generate.py --seed copy --bytes 100M DIR              one of COPY data, for PostgreSQL

The output depends on the arguments alone. Gander and the floor programs read the layout `goose`.
"""
import argparse
import os

UNITS = {"K": 10**3, "M": 10**6, "G": 10**9}


def size(text):
    unit = UNITS.get(text[-1:].upper())
    return int(float(text[:-1]) * unit) if unit else int(text)


def small_migration(number):
    """The Up and Down statements of migration `number`."""
    table = f"birds_{number:05}"
    rows = ", ".join(f"({i}, '{name}; ring {number * 10 + i}', {number * 37 % 1000 + i})"
                     for i, name in enumerate(("gander", "goose", "it''s a gosling"), 1))
    up = [f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL, "
          "weight INTEGER)",
          f"CREATE INDEX {table}_by_weight ON {table} (weight)",
          f"INSERT INTO {table} (id, name, weight) VALUES {rows}"]
    return up, [f"DROP TABLE {table}"]


def seed_rows():
    state = 1
    number = 0
    while True:
        number += 1
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        text = "a -- b; it''s c" if number % 97 == 0 else f"customer {state:08x}"
        yield f"({number}, '{text}', {state % 100000})"


def seed_statements(rows_per_statement, total_bytes):
    yield "CREATE TABLE seed (id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL, amount INTEGER)"
    rows = seed_rows()
    written = 0
    while written < total_bytes:
        values = ",\n".join(next(rows) for _ in range(rows_per_statement))
        statement = f"INSERT INTO seed (id, name, amount) VALUES {values}"
        written += len(statement) + 2
        yield statement


def copy_lines(total_bytes):
    yield "CREATE TABLE seed (id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL, amount INTEGER);\n"
    yield "COPY seed (id, name, amount) FROM stdin;\n"
    state = 1
    number = written = 0
    while written < total_bytes:
        number += 1
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        line = f"{number}\tcustomer {state:08x}\t{state % 100000}\n"
        written += len(line)
        yield line
    yield "\\.\n"


def write_lines(path, *parts):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", buffering=1 << 20, encoding="utf-8") as file:
        for part in parts:
            file.write(part) if isinstance(part, str) else file.writelines(part)


def sql(statements):
    return (statement + ";\n" for statement in statements)


class Layout:
    """Writes one migration after another into `directory`; subclasses say how."""

    def __init__(self, directory):
        self.directory = directory

    def base(self, number):
        return f"{20250101000000 + number}_step{number:05}"

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def finish(self):
        pass


class Marked(Layout):
    up_mark = down_mark = ""

    def add(self, number, up, down):
        write_lines(self.path(self.base(number) + ".sql"), self.up_mark + "\n", sql(up),
                    "\n" + self.down_mark + "\n", sql(down))


class Goose(Marked):
    up_mark, down_mark = "-- +goose Up", "-- +goose Down"


class Dbmate(Marked):
    up_mark, down_mark = "-- migrate:up", "-- migrate:down"


class SqlMigrate(Marked):
    up_mark, down_mark = "-- +migrate Up", "-- +migrate Down"

    def finish(self):
        write_lines(self.path("dbconfig.yml"),
                    "sqlite: {dialect: sqlite3, datasource: \"${DB_FILE}\", dir: .}\n",
                    "postgres: {dialect: postgres, datasource: \"${DB_URL}\", dir: .}\n")


class GolangMigrate(Layout):
    def add(self, number, up, down):
        write_lines(self.path(self.base(number) + ".up.sql"), sql(up))
        write_lines(self.path(self.base(number) + ".down.sql"), sql(down))


class Yoyo(Layout):
    def add(self, number, up, down):
        write_lines(self.path(self.base(number) + ".sql"), sql(up))
        write_lines(self.path(self.base(number) + ".rollback.sql"), sql(down))


class Sqitch(Layout):
    def __init__(self, directory):
        super().__init__(directory)
        self.plan = ["%syntax-version=1.0.0\n%project=bench\n\n"]

    def add(self, number, up, down):
        name = f"step{number:05}"
        for kind, statements in (("deploy", up), ("revert", down)):
            write_lines(self.path(kind, name + ".sql"), "BEGIN;\n", sql(statements), "COMMIT;\n")
        minutes, second = divmod(number, 60)
        hours, minute = divmod(minutes, 60)
        self.plan.append(f"{name} 2025-01-01T{hours:02}:{minute:02}:{second:02}Z "
                         f"Bench <bench@example.com> # {name}\n")

    def finish(self):
        write_lines(self.path("sqitch.plan"), self.plan)
        write_lines(self.path("sqitch.conf"), "[core]\n\tengine = sqlite\n[user]\n\tname = Bench\n"
                    "\temail = bench@example.com\n")


class Alembic(Layout):
    previous = None

    def add(self, number, up, down):
        revision = f"r{number:011}"
        code = ["from alembic import op\n",
                f"revision = {revision!r}\ndown_revision = {self.previous!r}\n",
                "branch_labels = depends_on = None\n"]
        for name, statements in (("upgrade", up), ("downgrade", down)):
            code.append(f"\n\ndef {name}():\n")
            code += (f"    op.execute({text!r})\n" for text in statements)
        self.previous = revision
        write_lines(self.path("versions", f"{revision}_step.py"), code)

    def finish(self):
        write_lines(self.path("alembic.ini"), "[alembic]\nscript_location = %(here)s\n")
        write_lines(self.path("env.py"),
                    "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n"
                    "with create_engine(os.environ['DB_URL']).connect() as connection:\n"
                    "    context.configure(connection=connection, transaction_per_migration=True)\n"
                    "    with context.begin_transaction():\n        context.run_migrations()\n")


LAYOUTS = {"goose": Goose, "dbmate": Dbmate, "sql-migrate": SqlMigrate, "yoyo": Yoyo,
           "golang-migrate": GolangMigrate, "sqitch": Sqitch, "alembic": Alembic}


def write_set(layout, directory, count, tables_alone=False):
    writer = LAYOUTS[layout](directory)
    for number in range(1, count + 1):
        up, down = small_migration(number)
        writer.add(number, up[:1] if tables_alone else up, down)
    writer.finish()


def write_seed(layout, directory, kind, total_bytes):
    writer = LAYOUTS[layout](directory)
    if kind == "copy":
        write_lines(writer.path(writer.base(1) + ".sql"), writer.up_mark + "\n",
                    copy_lines(total_bytes))
        return
    rows = 1 if kind == "single" else 500
    writer.add(1, seed_statements(rows, total_bytes), ["DROP TABLE seed"])
    writer.finish()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layout", choices=sorted(LAYOUTS), default="goose")
    parser.add_argument("--count", type=int, default=100, help="number of migrations")
    parser.add_argument("--tables", action="store_true", help="each makes a table and no more")
    parser.add_argument("--seed", choices=("single", "multi", "copy"),
                        help="instead: one migration of INSERTs with one row or 500 rows each, or "
                             "of COPY data")
    parser.add_argument("--bytes", type=size, default=size("100M"), help="size of the seed")
    parser.add_argument("directory")
    options = parser.parse_args()
    if options.seed:
        write_seed(options.layout, options.directory, options.seed, options.bytes)
    else:
        write_set(options.layout, options.directory, options.count, options.tables)


if __name__ == "__main__":
    main()
