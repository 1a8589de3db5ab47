# SPDX-License-Identifier: MIT
"""Random SQL for SQLite: what one migration file does and how it is undone.

Entry point: Schema.content(). The statements use only what every SQLite since 3.35 words and stores
in the same way, because the two programs carry different versions of the library.
"""

from dataclasses import dataclass, field


@dataclass
class Unit:
    """One statement, without its final semicolon."""
    lines: list
    needs_block: bool = False  # goose needs StatementBegin/End around it
    awkward: bool = False      # a literal that goose takes for the end, or not for the end


@dataclass
class Content:
    up: list
    down: list  # None: no Down section
    no_transaction: bool = False
    substitute: bool = False


FAILURES = [
    "INSERT INTO no_such_table VALUES (1)",
    "SELEC 1",
    "CREATE TABLE goose_db_version (a int)",
    "DROP TABLE no_such_table",
    "INSERT INTO sqlite_master SELECT nope",
    "SELECT nope(1)",
    "CREATE INDEX i_bad ON no_such_table (a)",
    "SELECT (1",
]


class Schema:
    def __init__(self, rng):
        self.rng = rng
        self.tables = []
        self.counter = 0

    def fresh(self, prefix):
        self.counter += 1
        return f"{prefix}{self.counter}"

    def content(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.06:
            return Content([], rng.choice([None, []]))
        content = Content([], [])
        content.no_transaction = rng.random() < 0.12
        content.substitute = rng.random() < 0.1
        for _ in range(rng.choice([1, 1, 2, 2, 3, 4])):
            make = rng.choice([self.table, self.table, self.rows, self.rows, self.index, self.view,
                               self.column, self.trigger, self.text, self.update, self.harmless])
            up, down = (make if self.tables or rng.random() < 0.05 else self.table)()
            content.up.extend(up)
            content.down[:0] = down
        if content.substitute:
            content.up.extend(self.substituted())
        if rng.random() < 0.05:
            content.up.insert(rng.randrange(len(content.up) + 1), Unit([rng.choice(FAILURES)]))
        if rng.random() < 0.04:
            content.down.insert(rng.randrange(len(content.down) + 1), Unit([rng.choice(FAILURES)]))
        if rng.random() < 0.08:
            content.down = None
        return content

    def any_table(self):
        if self.tables and self.rng.random() < 0.95:
            return self.rng.choice(self.tables)
        return "t0"

    def table(self):
        name = self.fresh("t")
        self.tables.append(name)
        columns = ["id INTEGER PRIMARY KEY" + self.rng.choice(["", " AUTOINCREMENT"]),
                   "a TEXT" + self.rng.choice(["", " NOT NULL", " DEFAULT 'x;y'", " UNIQUE"]),
                   "b INT" + self.rng.choice(["", " DEFAULT 7", " CHECK (b < 100)"])]
        layout = self.rng.randrange(4)
        if layout == 0:
            lines = [f"CREATE TABLE {name} ({', '.join(columns)})"]
        elif layout == 1:
            lines = [f"CREATE TABLE {name} ("] + ["  " + c + "," for c in columns[:-1]]
            lines += ["  " + columns[-1], ")"]
        elif layout == 2:
            lines = [f"CREATE TABLE {name} (", f"\t{columns[0]}, -- the key; of it",
                     "", "-- more", f"\t{columns[1]},", f"\t{columns[2]})"]
        else:
            lines = [f'CREATE TABLE IF NOT EXISTS "{name}" -- c', f"({', '.join(columns)})"]
        return [Unit(lines)], [Unit([f"DROP TABLE {self.rng.choice(['', 'IF EXISTS '])}{name}"])]

    def rows(self):
        name = self.any_table()
        count = self.rng.choice([1, 1, 2, 3])
        start = self.fresh("")
        values = [f"('{self.word()}{start}_{i}', {i})" for i in range(count)]
        if self.rng.random() < 0.3:
            lines = [f"INSERT INTO {name} (a, b)", "VALUES"]
            lines += ["  " + v + "," for v in values[:-1]] + ["  " + values[-1]]
        elif self.rng.random() < 0.3:
            lines = ["; ".join(f"INSERT INTO {name} (a, b) VALUES {v}" for v in values)]
        else:
            lines = [f"INSERT INTO {name} (a, b) VALUES {', '.join(values)}"]
        return [Unit(lines)], [Unit([f"DELETE FROM {name} WHERE a LIKE '%{start}_%'"])]

    def word(self):
        return self.rng.choice(["w", "it''s", "größe", "a;b", "x--y", '"q"', "%", "\\", ""])

    def text(self):
        """A literal over several lines, or one with goose's marks of an end in it."""
        name = self.any_table()
        tag = self.fresh("text")
        kind = self.rng.randrange(4)
        if kind == 0:
            unit = Unit([f"INSERT INTO {name} (a) VALUES ('{tag};", "second line')"], awkward=True)
        elif kind == 1:
            unit = Unit([f"INSERT INTO {name} (a) VALUES ('{tag} -- no comment')"], awkward=True)
        elif kind == 2:
            unit = Unit([f"INSERT INTO {name} (a) VALUES ('{tag}", "", "  third line", "')"])
        else:
            unit = Unit([f"INSERT INTO {name} (a) /* why: {tag} */", f"VALUES ('{tag}')"])
        return [unit], [Unit([f"DELETE FROM {name} WHERE a LIKE '{tag}%'"])]

    def index(self):
        name, table = self.fresh("i"), self.any_table()
        unique = self.rng.choice(["", "", "UNIQUE "])
        return ([Unit([f"CREATE {unique}INDEX {name} ON {table} (a, b)"])],
                [Unit([f"DROP INDEX {name}"])])

    def view(self):
        name, table = self.fresh("v"), self.any_table()
        return ([Unit([f"CREATE VIEW {name} AS", f"  SELECT a, b FROM {table}"])],
                [Unit([f"DROP VIEW {name}"])])

    def column(self):
        name, table = self.fresh("c"), self.any_table()
        default = self.rng.choice(["", " DEFAULT 0", " NOT NULL DEFAULT 'n'"])
        return ([Unit([f"ALTER TABLE {table} ADD COLUMN {name} TEXT{default}"])],
                [Unit([f"ALTER TABLE {table} DROP COLUMN {name}"])])

    def trigger(self):
        name, table = self.fresh("g"), self.any_table()
        lines = [f"CREATE TRIGGER {name} AFTER DELETE ON {table}", "BEGIN",
                 f"  UPDATE {table} SET b = b + 1 WHERE id = OLD.id + 1;",
                 "  SELECT CASE WHEN 1 THEN 2 END;", "END"]
        return [Unit(lines, needs_block=True)], [Unit([f"DROP TRIGGER {name}"])]

    def update(self):
        table = self.any_table()
        return ([Unit([f"UPDATE {table}", "SET b = coalesce(b, 0) + 1", "WHERE id > 1"])],
                [Unit([f"UPDATE {table} SET b = b - 1 WHERE id > 1"])])

    def harmless(self):
        number = self.rng.randrange(1000)
        up = self.rng.choice(["SELECT 1", f"PRAGMA user_version = {number}", "SELECT 1, ';' AS c"])
        return [Unit([up])], [Unit(["SELECT 'down SQL query'"])]

    def substituted(self):
        tag = self.fresh("env")
        name = self.fresh("t")
        self.tables.append(name)
        value = self.rng.choice([
            "${T_REGION}", "$T_REGION", "${T_REGION:-other}", "${T_UNSET:-dflt}", "${T_UNSET-d}",
            "${T_EMPTY:-full}", "${T_EMPTY-empty}", "${T_UNSET:-${T_REGION}}", "${T_UNSET}",
            "${T_REGION:3}", "${T_REGION:0:2}", "${T_REGION: -4}", "\\$T_REGION", "$$", "\\\\",
            "${T_QUOTE}", "$T_REGION-$T_REGION", "a$(b)", "${T_REGION?needed}", "end$"])
        quote = "" if value != "end$" else " "
        return [Unit([f"CREATE TABLE IF NOT EXISTS {name} (a TEXT, b INT, id INTEGER)"]),
                Unit([f"INSERT INTO {name} (a) VALUES ('{tag}:{value}')".replace("end$')", "end')")
                      + quote])]
