// SPDX-License-Identifier: MIT
#include "gander/lint.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/lint_findings.h"

namespace gander {
namespace {

std::string found_in(const std::string& sql) {
  const LintReport report =
      lint(in_memory({{"00001_a.sql", "-- +goose Up\n" + sql + ";\n"}}), {.dialect = "mysql"});
  return testing_support::findings_by_line(report);
}

TEST(MysqlLintTest, WhatCopiesTheTable) {
  EXPECT_EQ(found_in("ALTER TABLE bird ADD COLUMN a INT"), "");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD COLUMN a INT NOT NULL DEFAULT 7"), "");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD a INT AS (b * 2) STORED"), "table-copy@2");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD a INT AS (b * 2) VIRTUAL"), "");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD a VARCHAR(40) DEFAULT (UUID())"), "table-copy@2");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD a INT DEFAULT (1 + 1)"), "");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD CHECK (a > 0)"), "check@2");
  EXPECT_EQ(found_in("ALTER TABLE `bird` ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES nest (id)"),
            "foreign-key@2");
  EXPECT_EQ(found_in("SET foreign_key_checks = 0;\n"
                     "ALTER TABLE bird ADD FOREIGN KEY (a) REFERENCES nest (id);\n"
                     "SET foreign_key_checks = 1"),
            "");
  EXPECT_EQ(found_in("ALTER TABLE bird CONVERT TO CHARACTER SET utf8mb4"), "table-copy@2");
  EXPECT_EQ(found_in("ALTER TABLE bird\n  ADD a INT,\n  DROP PRIMARY KEY"), "table-copy@4");
  EXPECT_EQ(found_in("ALTER TABLE bird MODIFY a BIGINT"), "modify-column@2?");
}

TEST(MysqlLintTest, Indexes) {
  EXPECT_EQ(found_in("CREATE INDEX i ON bird (a)"), "");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD INDEX i (a), ALGORITHM=INPLACE, LOCK=NONE"), "");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD INDEX i (a), LOCK = EXCLUSIVE"), "lock-requested@2");
  EXPECT_EQ(found_in("CREATE FULLTEXT INDEX i ON bird (a)"), "index-locks@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird ADD SPATIAL INDEX i (a)"), "index-locks@2?");
  EXPECT_EQ(found_in("ALTER TABLE bird DROP INDEX i"), "");
}

TEST(MysqlLintTest, WhatTakesAwayOrFills) {
  EXPECT_EQ(found_in("ALTER TABLE bird ADD a INT NOT NULL"), "add-column-not-null@2");
  EXPECT_EQ(found_in("ALTER TABLE bird DROP a"), "drop-column@2?");
  EXPECT_EQ(found_in("DROP TABLE IF EXISTS bird, nest"), "drop-table@2");
  EXPECT_EQ(found_in("DROP TEMPORARY TABLE bird"), "");
  EXPECT_EQ(found_in("TRUNCATE bird"), "truncate@2");
  EXPECT_EQ(found_in("DELETE FROM bird"), "delete-all@2");
  EXPECT_EQ(found_in("DELETE FROM bird WHERE 1"), "delete-all@2");
  EXPECT_EQ(found_in("DELETE FROM bird WHERE 0"), "");
  EXPECT_EQ(found_in("UPDATE bird SET a = 1"), "update-all@2?");
  EXPECT_EQ(found_in("UPDATE bird SET a = 1 WHERE id = 4"), "");
  EXPECT_EQ(found_in("RENAME TABLE bird TO fowl"), "rename-table@2?");
  EXPECT_EQ(found_in("CALL tidy()"), "untold@2?");
  EXPECT_EQ(found_in("INSERT INTO bird VALUES (1, 'DROP TABLE bird'); -- DROP TABLE bird"), "");
}

TEST(MysqlLintTest, TablesOfTheSameFileAreNobodys) {
  EXPECT_EQ(found_in("CREATE TABLE `Wren` (a INT);\nALTER TABLE wren ADD CHECK (a > 0), DROP a"),
            "");
  EXPECT_EQ(found_in("CREATE TABLE wren (a INT);\nRENAME TABLE wren TO robin;\nDROP TABLE robin"),
            "");
  EXPECT_EQ(
      found_in("CREATE TABLE IF NOT EXISTS bird (a INT);\nALTER TABLE bird ADD CHECK (a > 0)"),
      "check@3");
}

TEST(MysqlLintTest, EachChangeOfATableCommits) {
  EXPECT_EQ(found_in("ALTER TABLE bird ADD a INT;\nALTER TABLE nest ADD a INT;\n"
                     "ALTER TABLE egg ADD a INT"),
            "commits-between@3?");
  EXPECT_EQ(found_in("CREATE TABLE wren (a INT);\nALTER TABLE bird ADD a INT"), "");
}

}  // namespace
}  // namespace gander
