// SPDX-License-Identifier: MIT
// The rules of PostgreSQL by the text alone. tests/postgres/lint_test.cc holds them against a
// server.
#include "gander/lint.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/lint_findings.h"

namespace gander {
namespace {

std::string found_in(const std::string& text, LintOptions options = {}) {
  options.dialect = "postgres";
  const LintReport report = lint(in_memory({{"00001_a.sql", text}}), options);
  return testing_support::findings_by_line(report);
}

constexpr const char* kUp = "-- +goose Up\n";
constexpr const char* kGuarded = "-- +goose Up\nSET LOCAL lock_timeout = '1s';\n";
constexpr const char* kBare = "-- +goose NO TRANSACTION\n-- +goose Up\n";

std::string guarded(const std::string& sql) { return found_in(kGuarded + sql + ";\n"); }

TEST(PostgresLintTest, IndexesThatKeepWritersOut) {
  EXPECT_EQ(guarded("CREATE INDEX i ON bird (name)"), "create-index@3");
  EXPECT_EQ(guarded("CREATE UNIQUE INDEX IF NOT EXISTS i ON s.\"Bird\" (name)"), "create-index@3");
  EXPECT_EQ(guarded("CREATE INDEX i /* CONCURRENTLY */ ON bird (name)"), "create-index@3");
  EXPECT_EQ(guarded("CREATE INDEX i ON ONLY bird (name)"), "");
  EXPECT_EQ(guarded("DROP INDEX i, j"), "drop-index@3");
  EXPECT_EQ(guarded("REINDEX (VERBOSE) INDEX i"), "reindex@3");
}

TEST(PostgresLintTest, WhatWorksConcurrently) {
  const std::string bare = kBare;
  EXPECT_EQ(found_in(bare + "CREATE INDEX CONCURRENTLY i ON bird (name);\n"), "");
  EXPECT_EQ(found_in(bare + "REINDEX (CONCURRENTLY) TABLE bird;\n"), "");
  EXPECT_EQ(found_in(bare + "ALTER TABLE bird DETACH PARTITION wren CONCURRENTLY;\n"), "");
  EXPECT_EQ(found_in(bare + "DROP INDEX CONCURRENTLY IF EXISTS i;\n"
                            "CREATE INDEX CONCURRENTLY i ON bird (name);\n"),
            "");
  EXPECT_EQ(found_in(bare + "INSERT INTO t VALUES (1);\n"
                            "CREATE INDEX CONCURRENTLY i ON bird (name);\n"),
            "concurrently-not-alone@4?");
  EXPECT_EQ(found_in(bare + "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON bird (name);\n"),
            "concurrently-if-not-exists@3?");
  EXPECT_EQ(found_in(bare + "SET lock_timeout = '1s';\n"
                            "CREATE INDEX CONCURRENTLY i ON bird (name);\n"),
            "concurrently-short-timeout@4?");
  EXPECT_EQ(found_in(bare + "SET lock_timeout = 0;\n"
                            "CREATE INDEX CONCURRENTLY i ON bird (name);\n"),
            "");
  EXPECT_EQ(found_in(std::string(kUp) + "CREATE INDEX CONCURRENTLY i ON bird (name);\n"),
            "refuses-transaction@2");
  EXPECT_EQ(found_in(bare + "BEGIN;\nCREATE INDEX CONCURRENTLY i ON bird (name);\nCOMMIT;\n"),
            "refuses-transaction@4");
}

TEST(PostgresLintTest, ColumnsThatRewrite) {
  EXPECT_EQ(guarded("ALTER TABLE bird ADD COLUMN a int"), "");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD COLUMN a int NOT NULL DEFAULT 7"), "");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD a timestamptz DEFAULT now()"), "");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD a uuid DEFAULT gen_random_uuid()"),
            "add-column-default@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD a int DEFAULT f(1)"), "add-column-default@3?");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD COLUMN a int NOT NULL"), "add-column-not-null@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD COLUMN a bigserial"), "add-column-generated@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD a int GENERATED ALWAYS AS IDENTITY"),
            "add-column-generated@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD a int GENERATED ALWAYS AS (b * 2) STORED"),
            "add-column-generated@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD a int GENERATED ALWAYS AS (b * 2) VIRTUAL"), "");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD COLUMN a int CHECK (a > 0)"), "check@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD COLUMN a int UNIQUE"), "add-column-unique@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD a bigint REFERENCES nest"), "references-in-use@3?");
  EXPECT_EQ(guarded("CREATE DOMAIN pct AS int CHECK (VALUE < 101);\n"
                    "ALTER TABLE bird ADD COLUMN a pct"),
            "add-column-domain@4");
  EXPECT_EQ(guarded("CREATE DOMAIN word AS text;\nALTER TABLE bird ADD COLUMN a word"), "");
  EXPECT_EQ(guarded("ALTER TABLE bird\n  ADD a int,\n  ADD b int NOT NULL"),
            "add-column-not-null@5");
}

TEST(PostgresLintTest, TypesThatChange) {
  EXPECT_EQ(guarded("ALTER TABLE bird ALTER a TYPE bigint"), "column-type@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ALTER COLUMN a SET DATA TYPE text"), "column-type@3?");
  EXPECT_EQ(guarded("ALTER TABLE bird ALTER a TYPE text USING lower(a)"), "column-type@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ALTER a TYPE text USING a::text"), "column-type@3?");
  EXPECT_EQ(guarded("ALTER TABLE bird ALTER a TYPE timestamptz"), "column-type@3");
  EXPECT_EQ(guarded("SET LOCAL TIME ZONE 'UTC';\nALTER TABLE bird ALTER a TYPE timestamptz"),
            "column-type@4?");
}

TEST(PostgresLintTest, NotNullNeedsSomethingThatVouchesForIt) {
  EXPECT_EQ(guarded("ALTER TABLE bird ALTER a SET NOT NULL"), "set-not-null@3?");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD a int;\nALTER TABLE bird ALTER a SET NOT NULL"),
            "set-not-null@4");
  const std::string promised =
      "ALTER TABLE bird ADD CONSTRAINT c CHECK (a IS NOT NULL AND a > 0) NOT VALID;\n"
      "ALTER TABLE bird VALIDATE CONSTRAINT c;\n";
  EXPECT_EQ(found_in(kBare + promised + "ALTER TABLE bird ALTER a SET NOT NULL;\n",
                     {.lock_timeout = std::chrono::seconds(1)}),
            "");
  EXPECT_EQ(found_in(kBare + promised + "ALTER TABLE bird ALTER b SET NOT NULL;\n",
                     {.lock_timeout = std::chrono::seconds(1)}),
            "set-not-null@5?");
  EXPECT_EQ(
      found_in(kBare + promised + "ALTER TABLE bird ALTER a SET NOT NULL, DROP CONSTRAINT c;\n",
               {.lock_timeout = std::chrono::seconds(1)}),
      "set-not-null@5");
  EXPECT_EQ(found_in(kBare + std::string("ALTER TABLE bird ADD CONSTRAINT c CHECK (a IS NOT NULL "
                                         "OR b) NOT VALID;\nALTER TABLE bird VALIDATE CONSTRAINT "
                                         "c;\nALTER TABLE bird ALTER a SET NOT NULL;\n"),
                     {.lock_timeout = std::chrono::seconds(1)}),
            "set-not-null@5?");
}

TEST(PostgresLintTest, ConstraintsThatReadAllRows) {
  EXPECT_EQ(guarded("ALTER TABLE bird ADD CONSTRAINT c CHECK (a > 0)"), "check@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD CONSTRAINT c CHECK (a > 0) NOT VALID"), "");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD CHECK (a > 0) NOT VALID, ADD CHECK (b > 0)"), "check@3");
  EXPECT_EQ(guarded("ALTER TABLE ONLY bird ADD FOREIGN KEY (a) REFERENCES nest"), "foreign-key@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD FOREIGN KEY (a) REFERENCES nest NOT VALID"), "");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD UNIQUE (a)"), "unique-constraint@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD CONSTRAINT u UNIQUE USING INDEX i"), "");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD PRIMARY KEY (a)"), "primary-key@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD EXCLUDE USING gist (a WITH &&)"), "exclude@3");
  EXPECT_EQ(guarded("ALTER TABLE bird ADD CONSTRAINT c CHECK (a > 0) NOT VALID;\n"
                    "ALTER TABLE bird VALIDATE CONSTRAINT c"),
            "validate-same-transaction@4");
  EXPECT_EQ(guarded("ALTER TABLE bird VALIDATE CONSTRAINT c"), "");
  EXPECT_EQ(guarded("ALTER DOMAIN pct ADD CONSTRAINT c CHECK (VALUE > 0)"), "domain-constraint@3");
  EXPECT_EQ(guarded("ALTER DOMAIN pct VALIDATE CONSTRAINT c"), "domain-constraint@3");
  EXPECT_EQ(guarded("ALTER DOMAIN pct ADD CHECK (VALUE > 0) NOT VALID"), "");
}

TEST(PostgresLintTest, WhatTakesAway) {
  EXPECT_EQ(guarded("DROP TABLE IF EXISTS bird CASCADE"), "drop-table@3 drop-cascade@3?");
  EXPECT_EQ(guarded("ALTER TABLE bird DROP a"), "drop-column@3?");
  EXPECT_EQ(guarded("TRUNCATE TABLE ONLY bird, nest CASCADE"), "truncate@3");
  EXPECT_EQ(guarded("DROP SCHEMA s"), "drop-schema@3");
  EXPECT_EQ(guarded("DROP TYPE IF EXISTS mood CASCADE"), "drop-cascade@3?");
  EXPECT_EQ(guarded("ALTER TABLE bird RENAME a TO b"), "rename-column@3?");
  EXPECT_EQ(guarded("ALTER TABLE bird RENAME TO fowl"), "rename-table@3?");
  EXPECT_EQ(guarded("ALTER TABLE bird SET SCHEMA s"), "rename-table@3?");
  EXPECT_EQ(guarded("ALTER TABLE bird SET UNLOGGED"), "table-rewrite@3");
  EXPECT_EQ(guarded("CLUSTER bird USING i"), "vacuum-full@3");
  EXPECT_EQ(found_in(std::string(kBare) + "VACUUM (ANALYZE, FULL) bird;\n"), "vacuum-full@3");
  EXPECT_EQ(found_in(std::string(kBare) + "VACUUM (FULL off) bird;\n"), "");
}

TEST(PostgresLintTest, RowsInBulk) {
  EXPECT_EQ(guarded("UPDATE bird SET a = 1"), "update-all@3?");
  EXPECT_EQ(guarded("UPDATE bird SET a = 1 WHERE true"), "update-all@3?");
  EXPECT_EQ(guarded("UPDATE bird SET a = 1 WHERE id = 4"), "");
  EXPECT_EQ(guarded("DELETE FROM ONLY bird AS b"), "delete-all@3");
  EXPECT_EQ(guarded("WITH gone AS (DELETE FROM bird RETURNING *) SELECT count(*) FROM gone"),
            "delete-all@3");
  EXPECT_EQ(guarded("WITH old AS (SELECT id FROM bird WHERE a) DELETE FROM bird USING old\n"
                    "WHERE old.id = bird.id"),
            "");
  const std::string locked = "ALTER TABLE nest ADD a int;\n";
  EXPECT_EQ(guarded(locked + "UPDATE bird SET a = 1 WHERE b IS NULL"), "rows-behind-lock@4");
  EXPECT_EQ(guarded(locked + "UPDATE bird SET a = 1 WHERE id IN (1, 2)"), "");
  EXPECT_EQ(found_in(kBare + locked + "UPDATE bird SET a = 1 WHERE b IS NULL;\n",
                     {.lock_timeout = std::chrono::seconds(1)}),
            "");
}

TEST(PostgresLintTest, TablesOfTheSameFileAreNobodys) {
  const std::string made = "CREATE TABLE wren (id bigint, n int);\n";
  EXPECT_EQ(guarded(made + "CREATE INDEX i ON public.wren (n);\nDROP INDEX i"), "");
  EXPECT_EQ(guarded(made + "ALTER TABLE WREN ADD PRIMARY KEY (id), ALTER n TYPE bigint"), "");
  EXPECT_EQ(guarded(made + "UPDATE wren SET n = 1;\nTRUNCATE wren;\nDROP TABLE wren"), "");
  EXPECT_EQ(guarded(made + "ALTER TABLE wren RENAME TO robin;\nCREATE INDEX ON robin (n)"), "");
  EXPECT_EQ(guarded("CREATE TABLE a AS SELECT 1 AS n;\nCREATE INDEX ON a (n)"), "");
  EXPECT_EQ(guarded("SELECT 1 AS n INTO a;\nCREATE INDEX ON a (n)"), "");
  EXPECT_EQ(guarded("CREATE TEMP TABLE a (n int);\nCREATE INDEX ON pg_temp.a (n)"), "");
  EXPECT_EQ(guarded("CREATE MATERIALIZED VIEW m AS SELECT 1 AS n;\nCREATE INDEX ON m (n);\n"
                    "REFRESH MATERIALIZED VIEW m"),
            "");
  EXPECT_EQ(guarded("CREATE TABLE IF NOT EXISTS bird (n int);\nCREATE INDEX ON bird (n)"),
            "create-index@4");
  EXPECT_EQ(guarded("CREATE TABLE s.bird (n int);\nCREATE INDEX ON bird (n)"), "create-index@4");
  EXPECT_EQ(guarded("CREATE TABLE \"Bird\" (n int);\nCREATE INDEX ON bird (n)"), "create-index@4");
  EXPECT_EQ(guarded("ALTER TABLE bird RENAME TO old;\nCREATE INDEX ON old (n)"),
            "rename-table@3? create-index@4");
  EXPECT_EQ(guarded("CREATE TABLE egg (id int REFERENCES nest)"), "references-in-use@3?");
  EXPECT_EQ(guarded("CREATE TABLE egg (id int PRIMARY KEY, mother int REFERENCES egg)"), "");
}

TEST(PostgresLintTest, Partitions) {
  EXPECT_EQ(guarded("CREATE TABLE p PARTITION OF bird FOR VALUES IN (1)"), "partition-of@3?");
  EXPECT_EQ(guarded("CREATE TABLE p (LIKE bird);\n"
                    "ALTER TABLE bird ATTACH PARTITION p FOR VALUES IN (1)"),
            "");
  EXPECT_EQ(guarded("ALTER TABLE bird ATTACH PARTITION p FOR VALUES IN (1)"),
            "attach-partition@3?");
  EXPECT_EQ(guarded("ALTER TABLE bird DETACH PARTITION p"), "detach-partition@3");
}

TEST(PostgresLintTest, AStrongLockNeedsALimit) {
  const std::string up = kUp;
  EXPECT_EQ(found_in(up + "ALTER TABLE bird ADD a int;\n"), "lock-timeout@2?");
  EXPECT_EQ(
      found_in(up + "ALTER TABLE bird ADD a int;\n", {.lock_timeout = std::chrono::seconds(1)}),
      "");
  EXPECT_EQ(found_in(up + "SET LOCAL lock_timeout = 0;\nALTER TABLE bird ADD a int;\n"),
            "lock-timeout@3?");
  EXPECT_EQ(found_in(up + "ALTER TABLE bird ADD a int;\nSET LOCAL lock_timeout = '1s';\n"),
            "lock-timeout@2?");
  EXPECT_EQ(found_in(up + "SELECT set_config('lock_timeout', '1s', true);\n"
                          "ALTER TABLE bird ADD a int;\n"),
            "");
  EXPECT_EQ(found_in(up + "DROP TRIGGER t ON bird;\n"), "lock-timeout@2?");
  EXPECT_EQ(found_in(up + "COMMENT ON COLUMN bird.a IS 'DROP TABLE bird';\n"), "");
  EXPECT_EQ(found_in(kBare + std::string("SET LOCAL lock_timeout = '1s';\n"
                                         "ALTER TABLE bird ADD a int;\n")),
            "lock-timeout@4?");
}

TEST(PostgresLintTest, BlocksAreLookedInto) {
  const auto block = [](const std::string& body) {
    return found_in(
        "-- +goose Up\n-- +goose StatementBegin\nSET LOCAL lock_timeout = '1s';\nDO "
        "$$\nBEGIN\n" +
        body + "\nEND $$;\n-- +goose StatementEnd\n");
  };
  EXPECT_EQ(block("ALTER TABLE bird ADD CHECK (a > 0);"), "check@6");
  EXPECT_EQ(block("IF EXISTS (SELECT 1) THEN\n DROP TABLE bird;\nEND IF;"), "drop-table@7");
  EXPECT_EQ(block("EXECUTE 'DROP TABLE bird';"), "drop-table@6");
  EXPECT_EQ(block("EXECUTE format('DROP TABLE %I', 'bird');"), "untold@6?");
  EXPECT_EQ(block("CREATE TABLE wren (n int);\nCREATE INDEX ON wren (n);"), "");
  EXPECT_EQ(block("IF true THEN CREATE TABLE wren (n int); END IF;\nCREATE INDEX ON wren (n);"),
            "create-index@7");
  EXPECT_EQ(block("RAISE NOTICE 'DROP TABLE bird';\nPERFORM 1;"), "");
  EXPECT_EQ(found_in("-- +goose Up\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS void "
                     "LANGUAGE plpgsql AS $$ BEGIN DROP TABLE bird; END $$;\n"
                     "-- +goose StatementEnd\n"),
            "");
  EXPECT_EQ(guarded("SELECT tidy_up()"), "untold@3?");
  EXPECT_EQ(guarded("CALL tidy_up()"), "untold@3?");
}

TEST(PostgresLintTest, TheRest) {
  EXPECT_EQ(guarded("ALTER TYPE mood ADD VALUE 'glad';\nUPDATE bird SET m = 'glad' WHERE id = 1"),
            "enum-value-used@4");
  EXPECT_EQ(guarded("CREATE TYPE mood AS ENUM ('sad');\nALTER TYPE mood ADD VALUE 'glad';\n"
                    "CREATE TABLE t (m mood DEFAULT 'glad')"),
            "");
  EXPECT_EQ(found_in(std::string(kUp) + "SET search_path = s;\n"), "session-setting@2?");
  EXPECT_EQ(found_in(std::string(kUp) + "SET search_path = s;\nRESET search_path;\n"), "");
  EXPECT_EQ(guarded("GRANT SELECT ON bird TO PUBLIC"), "grant-public@3?");
  EXPECT_EQ(guarded("ALTER ROLE keeper PASSWORD 'geheim'"), "password@3?");
  EXPECT_EQ(guarded("REFRESH MATERIALIZED VIEW m"), "refresh@3");
  EXPECT_EQ(guarded("CREATE TABLE " + std::string(64, 'x') + " (id int)"), "long-name@3?");
  EXPECT_EQ(guarded("CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"),
            "definer-search-path@3?");
}

}  // namespace
}  // namespace gander
