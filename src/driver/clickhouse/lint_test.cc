// SPDX-License-Identifier: MIT
#include "gander/lint.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/lint_findings.h"

namespace gander {
namespace {

std::string found_in(const std::string& sql) {
  const LintReport report =
      lint(in_memory({{"00001_a.sql", "-- +goose Up\n" + sql + ";\n"}}), {.dialect = "clickhouse"});
  return testing_support::findings_by_line(report);
}

TEST(ClickhouseLintTest, Mutations) {
  EXPECT_EQ(found_in("ALTER TABLE bird UPDATE a = 1, b = (2) WHERE id = 4"), "mutation@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird UPDATE a = 1 IN PARTITION 202401 WHERE id = 4"), "");
  EXPECT_EQ(found_in("ALTER TABLE bird DELETE WHERE id = 4 SETTINGS mutations_sync = 2"),
            "mutation@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird UPDATE a = 1, b = 2 WHERE 1, DELETE WHERE (1 = 1)"),
            "update-all@2? delete-all@2");
  EXPECT_EQ(found_in("ALTER TABLE bird ON CLUSTER c DELETE WHERE true"), "delete-all@2");
  EXPECT_EQ(found_in("ALTER TABLE bird DELETE WHERE 0"), "mutation@2?");
  EXPECT_EQ(found_in("DELETE FROM bird WHERE id = 4"), "");
  EXPECT_EQ(found_in("DELETE FROM bird WHERE 1"), "delete-all@2");
  EXPECT_EQ(found_in("UPDATE bird SET a = 1 WHERE true"), "update-all@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird UPDATE a = 1 WHERE b = 2;\n"
                     "ALTER TABLE nest DELETE WHERE b = 2;\n"
                     "ALTER TABLE `bird` DELETE WHERE b = 2"),
            "mutation@2? mutation@3? mutations-apart@4? mutation@4?");
}

TEST(ClickhouseLintTest, Columns) {
  EXPECT_EQ(found_in("ALTER TABLE bird MODIFY COLUMN IF EXISTS a LowCardinality(String)"),
            "column-type@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird ALTER COLUMN a TYPE Int8"), "column-type@2?");
  for (const char* property :
       {"DEFAULT 4", "CODEC(ZSTD)", "COMMENT 'x'", "REMOVE TTL", "MATERIALIZED b + 1",
        "MODIFY SETTING max_compress_block_size = 4"}) {
    EXPECT_EQ(found_in(std::string("ALTER TABLE bird MODIFY COLUMN a ") + property), "");
  }
  EXPECT_EQ(
      found_in("ALTER TABLE bird ADD COLUMN a UUID DEFAULT generateUUIDv4(), ADD COLUMN b Int8"),
      "default-recomputed@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD COLUMN a Date DEFAULT toDate(now()) COMMENT 'x'"),
            "default-recomputed@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD COLUMN a UUID DEFAULT generateUUIDv4();\n"
                     "ALTER TABLE bird MATERIALIZE COLUMN a"),
            "");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD COLUMN a Int8 DEFAULT 4 COMMENT 'now'"), "");
  EXPECT_EQ(found_in("ALTER TABLE bird DROP COLUMN a"), "drop-column@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird CLEAR COLUMN a IN PARTITION 202401"), "drop-column@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird RENAME COLUMN a TO b"), "rename-column@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird MODIFY ORDER BY (id, a)"), "order-by@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD COLUMN a Int8, MODIFY ORDER BY (id, a)"), "");
}

TEST(ClickhouseLintTest, WhatOnlyNewRowsGet) {
  EXPECT_EQ(found_in("ALTER TABLE bird ADD INDEX i a TYPE minmax;\n"
                     "ALTER TABLE bird ADD PROJECTION p (SELECT a, count() GROUP BY a)"),
            "old-parts@2? old-parts@3?");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD INDEX i a TYPE minmax;\n"
                     "ALTER TABLE bird MATERIALIZE INDEX i"),
            "");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD CONSTRAINT c CHECK a > 0"), "constraint-unchecked@2?");
}

TEST(ClickhouseLintTest, WhatTakesAway) {
  EXPECT_EQ(found_in("ALTER TABLE bird MODIFY TTL d + INTERVAL 1 MONTH"), "ttl-deletes@2?");
  EXPECT_EQ(
      found_in("ALTER TABLE bird MODIFY TTL d + INTERVAL 1 MONTH TO DISK 'x', d TO VOLUME 'y'"),
      "");
  EXPECT_EQ(found_in("ALTER TABLE bird MODIFY TTL d TO DISK 'x', d + INTERVAL 1 YEAR"),
            "ttl-deletes@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird REMOVE TTL"), "");
  EXPECT_EQ(found_in("ALTER TABLE bird MODIFY COLUMN a TTL d + INTERVAL 1 DAY"), "ttl-deletes@2?");
  EXPECT_EQ(found_in("DROP TABLE IF EXISTS bird ON CLUSTER c SYNC"), "drop-table@2");
  EXPECT_EQ(found_in("DROP TEMPORARY TABLE bird"), "");
  EXPECT_EQ(found_in("DROP DATABASE d"), "drop-table@2");
  EXPECT_EQ(found_in("CREATE OR REPLACE TABLE bird (a Int8) ENGINE = MergeTree ORDER BY a"),
            "drop-table@2");
  EXPECT_EQ(found_in("REPLACE TABLE bird (a Int8) ENGINE = MergeTree ORDER BY a"), "drop-table@2");
  EXPECT_EQ(found_in("CREATE OR REPLACE VIEW v AS SELECT 1"), "");
  EXPECT_EQ(found_in("ALTER TABLE bird DROP PARTITION 202401, REPLACE PARTITION 202402 FROM nest"),
            "drop-partition@2 drop-partition@2");
  EXPECT_EQ(found_in("ALTER TABLE bird DETACH PARTITION 202401"), "detach@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird MOVE PARTITION 202401 TO TABLE nest"), "");
  EXPECT_EQ(found_in("DETACH TABLE bird"), "detach@2?");
  EXPECT_EQ(found_in("TRUNCATE TABLE IF EXISTS bird"), "truncate@2");
  EXPECT_EQ(found_in("TRUNCATE ALL TABLES FROM d"), "truncate@2");
  EXPECT_EQ(found_in("RENAME TABLE bird TO fowl"), "rename-table@2?");
  EXPECT_EQ(found_in("EXCHANGE TABLES bird AND fowl"), "");
  EXPECT_EQ(found_in("DROP VIEW v"), "drop-view@2?");
  EXPECT_EQ(found_in("OPTIMIZE TABLE bird FINAL"), "optimize-final@2?");
  EXPECT_EQ(found_in("OPTIMIZE TABLE bird PARTITION 202401 FINAL"), "");
  EXPECT_EQ(found_in("INSERT INTO bird VALUES (1, 'DROP TABLE bird'); -- DROP TABLE bird"), "");
}

TEST(ClickhouseLintTest, HowTablesAreMade) {
  EXPECT_EQ(found_in("CREATE TABLE wren (a Int8) ENGINE = TinyLog"), "log-engine@2?");
  EXPECT_EQ(found_in("CREATE TABLE wren (a Int8)\nENGINE Memory"), "memory-engine@3?");
  EXPECT_EQ(found_in("CREATE TEMPORARY TABLE wren (a Int8) ENGINE = Memory"), "");
  EXPECT_EQ(found_in("CREATE TABLE wren (a Int8) ENGINE = ReplicatedMergeTree('/wren', 'one') "
                     "ORDER BY a"),
            "replica-name@2?");
  EXPECT_EQ(found_in("CREATE TABLE wren (a Int8) ENGINE = ReplicatedMergeTree('/{shard}/wren', "
                     "'{replica}') ORDER BY a"),
            "");
  EXPECT_EQ(found_in("CREATE TABLE wren ON CLUSTER c (a Int8) ENGINE = MergeTree ORDER BY a;\n"
                     "ALTER TABLE wren ADD COLUMN b Int8"),
            "cluster-mixed@3?");
  EXPECT_EQ(found_in("CREATE USER u IDENTIFIED WITH plaintext_password BY 'x'"), "password@2?");
  EXPECT_EQ(found_in("CREATE USER u IDENTIFIED WITH sha256_hash BY 'x'"), "");
}

TEST(ClickhouseLintTest, AViewWithoutToIsNoted) {
  const auto rules = [](const std::string& sql) {
    std::string found;
    for (const LintFinding& one : lint(in_memory({{"00001_a.sql", "-- +goose Up\n" + sql + ";\n"}}),
                                       {.dialect = "clickhouse", .allow = {"down-missing"}})
                                      .findings) {
      found += one.rule;
    }
    return found;
  };
  const std::string view = "CREATE MATERIALIZED VIEW v ";
  EXPECT_EQ(rules(view + "ENGINE = MergeTree ORDER BY a AS SELECT a FROM bird"), "inner-table");
  EXPECT_EQ(rules(view + "TO nest AS SELECT a FROM bird"), "");
}

TEST(ClickhouseLintTest, TablesOfTheSameFileAreNobodys) {
  EXPECT_EQ(found_in("CREATE TABLE d.`wren` (a Int8) ENGINE = MergeTree ORDER BY a;\n"
                     "ALTER TABLE d.wren DELETE WHERE 1, DROP COLUMN a;\n"
                     "RENAME TABLE d.wren TO d.robin;\nDROP TABLE d.robin"),
            "");
  EXPECT_EQ(found_in("CREATE TABLE IF NOT EXISTS bird (a Int8) ENGINE = MergeTree ORDER BY a;\n"
                     "DROP TABLE bird"),
            "drop-table@3");
}

}  // namespace
}  // namespace gander
