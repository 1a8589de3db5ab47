# SPDX-License-Identifier: MIT
"""The migration tools whose files and databases are taken over, each with a small directory."""

from dataclasses import dataclass, field

TABLE = "CREATE TABLE a (x INTEGER);\n"
TRIGGER = "CREATE TRIGGER g AFTER INSERT ON a BEGIN\n  DELETE FROM a WHERE x = 0;\nEND;\n"


@dataclass(frozen=True)
class Tool:
    name: str
    files: dict     # of the tool; one of them, LATE, is applied later than the others
    late: str
    sql: str        # leaves the database as the tool does after all but LATE
    adopted: tuple  # versions that Gander then records as applied
    last: int       # the version of LATE
    table: str      # the tool's own
    command: tuple  # runs the real program on app.db with the files in theirs/
    settings: dict = field(default_factory=dict)  # files beside app.db that the program needs


TOOLS = [
    Tool("golang-migrate",
         {"000001_init.up.sql": TABLE + TRIGGER, "000001_init.down.sql": "DROP TABLE a;",
          "000002_row.up.sql": "INSERT INTO a VALUES (1)", "000002_row.down.sql": "DELETE FROM a;",
          "000003_late.up.sql": "CREATE TABLE late (y)"},
         "000003_late.up.sql",
         "CREATE TABLE schema_migrations (version uint64, dirty bool);"
         "INSERT INTO schema_migrations VALUES (2, false);", (1, 2), 3, "schema_migrations",
         ("migrate", "-path", "theirs", "-database", "sqlite://app.db", "up")),
    Tool("dbmate",
         {"20240101000000_init.sql": "-- migrate:up\n" + TABLE + "-- migrate:down\nDROP TABLE a;\n",
          "20240102000000_vacuum.sql": "--migrate:up transaction:false\nVACUUM;\n--  migrate:down\n",
          "20240103000000_late.sql": "-- migrate:up\nCREATE TABLE late (y)\n-- migrate:down\n"},
         "20240103000000_late.sql",
         "CREATE TABLE schema_migrations (version varchar(128) primary key);"
         "INSERT INTO schema_migrations VALUES ('20240101000000'), ('20240102000000');",
         (20240101000000, 20240102000000), 20240103000000, "schema_migrations",
         ("dbmate", "-u", "sqlite:app.db", "-d", "theirs", "--no-dump-schema", "up")),
    Tool("sql-migrate",
         {"1-init.sql": "-- +migrate Up\n" + TABLE + "-- +migrate StatementBegin\n" + TRIGGER +
                        "-- +migrate StatementEnd\n-- +migrate Down\nDROP TABLE a;\n",
          "add.sql": "-- +migrate Up\nINSERT INTO a VALUES (1);\n",
          "late.sql": "-- +migrate Up notransaction\nCREATE TABLE late (y);\nVACUUM;\n"},
         "late.sql",
         "CREATE TABLE gorp_migrations (id varchar(255) not null primary key, applied_at datetime);"
         "INSERT INTO gorp_migrations VALUES ('1-init.sql', '2024-01-01 00:00:00+00:00'), "
         "('add.sql', '2024-01-01 00:00:01+00:00');", (1, 2), 3, "gorp_migrations",
         ("sql-migrate", "up"),
         {"dbconfig.yml": "development:\n  dialect: sqlite3\n  datasource: app.db\n  dir: theirs\n"}),
    Tool("flyway",
         {"V1__init.sql": TABLE + TRIGGER, "V1.9__row.sql": "INSERT INTO a VALUES (1);",
          "V1.10__late.sql": "CREATE TABLE late (y);", "R__view.sql": "SELECT 1;"},
         "V1.10__late.sql",
         "CREATE TABLE flyway_schema_history (installed_rank INT, version VARCHAR(50), "
         "description VARCHAR(200), type VARCHAR(20), script VARCHAR(1000), checksum INT, "
         "installed_by VARCHAR(100), installed_on TEXT, execution_time INT, success BOOLEAN);"
         "INSERT INTO flyway_schema_history (installed_rank, version, type, success) VALUES "
         "(1, '1', 'SQL', 1), (2, NULL, 'SQL', 1), (3, '1.9', 'SQL', 1);", (1, 2), 3,
         "flyway_schema_history",
         ("flyway", "-url=jdbc:sqlite:app.db", "-locations=filesystem:theirs", "migrate")),
    Tool("refinery",
         {"V1__init.sql": TABLE + TRIGGER, "V2__row.sql": "INSERT INTO a VALUES (1);",
          "V3__late.sql": "CREATE TABLE late (y);"},
         "V3__late.sql",
         "CREATE TABLE refinery_schema_history (version int4 PRIMARY KEY, name VARCHAR(255), "
         "applied_on VARCHAR(255), checksum VARCHAR(255));"
         "INSERT INTO refinery_schema_history (version, name) VALUES (1, 'init'), (2, 'row');",
         (1, 2), 3, "refinery_schema_history",
         ("refinery", "migrate", "-c", "./refinery.toml", "-p", "theirs"),
         {"refinery.toml": "[main]\ndb_type = \"Sqlite\"\ndb_path = \"app.db\"\n"}),
]
