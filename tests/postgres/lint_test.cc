// SPDX-License-Identifier: MIT
// What lint says with a database before its eyes, held against what the server then does; and
// Options::lint, which lets a run not begin.
#include <map>
#include <set>

#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::Client;

constexpr const char* kWorld =
    "CREATE DOMAIN weight AS int CHECK (VALUE > 0); CREATE DOMAIN word AS text;"
    "CREATE FUNCTION dice() RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN 4; END';"
    "CREATE FUNCTION four() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 4; END';"
    "CREATE TABLE nest (id bigint PRIMARY KEY, place text);"
    "INSERT INTO nest SELECT g, 'n' FROM generate_series(1, 50) g;"
    "CREATE TABLE bird (id bigint PRIMARY KEY, a int, b int NOT NULL, c int, s varchar(20), t "
    "text, "
    "n numeric(8,2), ts timestamp, at timestamptz, x int, nest_id bigint, "
    "CONSTRAINT x_there CHECK (x IS NOT NULL AND x > 0));"
    "CREATE INDEX bird_ts ON bird (ts); CREATE INDEX bird_few ON bird (b) WHERE c > 3;"
    "INSERT INTO bird SELECT g, g, g, g, 's', 't', g, now(), now(), g, g % 50 + 1 FROM "
    "generate_series(1, 300) g;"
    "ALTER TABLE bird ADD CONSTRAINT late CHECK (a > 0) NOT VALID;"
    "CREATE TABLE log (id int NOT NULL, v int) PARTITION BY RANGE (id);"
    "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (100);"
    "CREATE TABLE log_new (id int NOT NULL, v int); CREATE TABLE log_ready (id int NOT NULL, v "
    "int, "
    "CHECK (id >= 100 AND id < 200));"
    "INSERT INTO log_new SELECT g, g FROM generate_series(100, 150) g;"
    "INSERT INTO log_ready SELECT g, g FROM generate_series(100, 150) g; ANALYZE;";

// Statements with a limit on their waiting: lint has an error for those, and those alone, that
// rewrite a table or read all rows of one under a lock that stops its writers.
constexpr const char* kStatements[] = {
    "ALTER TABLE bird ADD COLUMN z int",
    "ALTER TABLE bird ADD COLUMN z int DEFAULT 4",
    "ALTER TABLE bird ADD COLUMN z int DEFAULT dice()",
    "ALTER TABLE bird ADD COLUMN z int DEFAULT four()",
    "ALTER TABLE bird ADD COLUMN z timestamptz DEFAULT now()",
    "ALTER TABLE bird ADD COLUMN z timestamptz DEFAULT clock_timestamp()",
    "ALTER TABLE bird ADD COLUMN z weight",
    "ALTER TABLE bird ADD COLUMN z word",
    "ALTER TABLE bird ADD COLUMN z int CHECK (z > 0)",
    "ALTER TABLE bird ADD COLUMN z int GENERATED ALWAYS AS (a * 2) STORED",
    "ALTER TABLE bird ADD COLUMN z bigserial",
    "ALTER TABLE bird ALTER COLUMN a TYPE bigint",
    "ALTER TABLE bird ALTER COLUMN b TYPE int",
    "ALTER TABLE bird ALTER COLUMN c TYPE int",
    "ALTER TABLE bird ALTER COLUMN s TYPE varchar(40)",
    "ALTER TABLE bird ALTER COLUMN s TYPE varchar(10)",
    "ALTER TABLE bird ALTER COLUMN s TYPE text",
    "ALTER TABLE bird ALTER COLUMN t TYPE varchar",
    "ALTER TABLE bird ALTER COLUMN t TYPE varchar(40)",
    "ALTER TABLE bird ALTER COLUMN t TYPE word",
    "ALTER TABLE bird ALTER COLUMN t TYPE text USING lower(t)",
    "ALTER TABLE bird ALTER COLUMN t TYPE text USING t::text",
    "ALTER TABLE bird ALTER COLUMN n TYPE numeric(10,2)",
    "ALTER TABLE bird ALTER COLUMN n TYPE numeric(10,4)",
    "ALTER TABLE bird ALTER COLUMN n TYPE numeric",
    "SET LOCAL timezone = 'UTC'; ALTER TABLE bird ALTER COLUMN at TYPE timestamp",
    "SET LOCAL timezone = 'UTC'; ALTER TABLE bird ALTER COLUMN ts TYPE timestamptz",
    "SET LOCAL timezone = 'Europe/Berlin'; ALTER TABLE bird ALTER COLUMN at TYPE timestamp",
    "ALTER TABLE bird ALTER COLUMN a SET NOT NULL",
    "ALTER TABLE bird ALTER COLUMN b SET NOT NULL",
    "ALTER TABLE bird ALTER COLUMN x SET NOT NULL",
    "ALTER TABLE bird ALTER COLUMN x SET NOT NULL, DROP CONSTRAINT x_there",
    "ALTER TABLE bird ADD CHECK (a > 0)",
    "ALTER TABLE bird ADD CHECK (a > 0) NOT VALID",
    "ALTER TABLE bird VALIDATE CONSTRAINT late",
    "ALTER TABLE bird ADD FOREIGN KEY (nest_id) REFERENCES nest",
    "ALTER TABLE bird ADD FOREIGN KEY (nest_id) REFERENCES nest NOT VALID",
    "ALTER TABLE bird ADD UNIQUE (a)",
    "ALTER TABLE bird ALTER COLUMN a SET DEFAULT 3",
    "CREATE INDEX ON bird (a)",
    "CREATE INDEX ON ONLY log (v)",
    "ALTER TABLE log ATTACH PARTITION log_new FOR VALUES FROM (100) TO (200)",
    "ALTER TABLE log ATTACH PARTITION log_ready FOR VALUES FROM (100) TO (200)",
    "CREATE TABLE egg (id int); CREATE INDEX ON egg (id); ALTER TABLE egg ALTER id TYPE bigint",
    "CREATE TABLE IF NOT EXISTS bird (id int); CREATE INDEX ON bird (a)",
    "DO $$ BEGIN ALTER TABLE bird ALTER COLUMN a TYPE bigint; END $$",
};

class PostgresLintTest : public PostgresTest {
 protected:
  std::string file(const std::string& sql) const {
    return "-- +goose Up\nSET LOCAL lock_timeout = '1s';\n-- +goose StatementBegin\n" + sql +
           ";\n-- +goose StatementEnd\n";
  }

  bool has_error(const std::string& sql) const {
    Target target = open(url());
    return lint(in_memory({{"00001_a.sql", file(sql)}}), target).count(LintSeverity::error) > 0;
  }

  // What the statement does to tables and indexes that are there, told by the server.
  bool hurts(const std::string& sql) const {
    constexpr const char* kFiles =
        "SELECT string_agg(oid::text || ' ' || relfilenode, ',' ORDER BY oid) FROM pg_class WHERE "
        "oid IN (SELECT oid FROM was)";
    Client client(url());
    client.ask("SET jit = off");  // views of the catalogue seem costly to the planner
    client.ask(
        "CREATE TEMP TABLE was AS SELECT oid FROM pg_class WHERE relnamespace = "
        "'public'::regnamespace AND relkind IN ('r', 'i', 'm') AND oid >= 16384");
    client.ask("BEGIN");
    const std::string before = client.ask(kFiles);
    client.ask(sql);
    const bool rewritten = client.ask(kFiles) != before;
    // Rows that were read of tables which nobody else may write to meanwhile.
    const bool read =
        client.ask(
            "SELECT count(*) FROM pg_stat_xact_user_tables AS s JOIN pg_locks AS l ON "
            "l.relation = s.relid AND l.pid = pg_backend_pid() JOIN was ON was.oid = "
            "s.relid WHERE s.seq_tup_read > 0 AND l.mode IN ('ShareLock', "
            "'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')") != "0";
    client.ask("ROLLBACK");
    return rewritten || read;
  }
};

TEST_F(PostgresLintTest, AnErrorIsWhatTheServerRewritesOrReads) {
  Client(url()).ask(kWorld);
  for (const char* sql : kStatements) EXPECT_EQ(has_error(sql), hurts(sql)) << sql;
}

TEST_F(PostgresLintTest, LocksAreThoseOfEveryTable) {
  Client(url()).ask(kWorld);
  Client(url()).ask("ALTER TABLE bird ADD FOREIGN KEY (nest_id) REFERENCES nest");
  Target target = open(url());
  const LintReport report =
      lint(in_memory({{"00001_a.sql", file("ALTER TABLE bird DROP COLUMN nest_id")}}), target);
  EXPECT_THAT(report.server, HasSubstr("PostgreSQL "));
  std::map<std::string, std::string> locks;
  for (const LintFinding& found : report.findings) {
    for (const LintLock& lock : found.locks) locks[lock.relation] = lock.mode;
  }
  EXPECT_THAT(locks, ElementsAre(std::pair("bird", "ACCESS EXCLUSIVE"),
                                 std::pair("nest", "ACCESS EXCLUSIVE")));
}

TEST_F(PostgresLintTest, ARunRefusesWarnsOrLooksAway) {
  Client(url()).ask("CREATE TABLE bird (id int)");
  const std::vector<MemoryFile> files = {{"00001_a.sql", file("CREATE INDEX i ON bird (id)")}};
  const Error error = error_of([&] { (void)runner(files, {.lint = LintPolicy::error}).up(); });
  EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
  EXPECT_EQ(error.details().line, 4);
  EXPECT_THAT(error.details().hint, HasSubstr("gander:allow create-index"));
  EXPECT_EQ(ask("SELECT count(*) FROM pg_class WHERE relname IN ('i')"), "0");
  EXPECT_THAT(runner(files, {.lint = LintPolicy::warn}).up().warnings,
              ElementsAre(HasSubstr("create-index")));
  // Nothing is pending.
  EXPECT_THAT(runner(files, {.lint = LintPolicy::error}).up().warnings, IsEmpty());
}

TEST_F(PostgresLintTest, WhatPendingFilesMakeIsNobodysYet) {
  auto pending = runner({{"00001_a.sql", "-- +goose Up\nCREATE TABLE bird (id int);\n"},
                         {"00002_b.sql", "-- +goose Up\nCREATE INDEX i ON bird (id);\n"}},
                        {.lint = LintPolicy::error});
  EXPECT_EQ(pending.lint().count(LintSeverity::error), 0);
  EXPECT_EQ(pending.up().migrations.size(), 2U);
  EXPECT_EQ(pending.lint().files, 0);
}

}  // namespace
}  // namespace gander
