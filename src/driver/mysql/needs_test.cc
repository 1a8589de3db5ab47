// SPDX-License-Identifier: MIT
#include "src/driver/mysql/needs.h"

#include <gtest/gtest.h>

namespace gander::driver::mysql {
namespace {

// "PRIVILEGE database place, ..."
std::string privileges(const std::string& text) {
  const sql::Anchor anchor{0, {1, 1}, 0, false};
  sql::Statement unit;
  unit.text = text;
  unit.anchors = {&anchor, 1};
  Needs needs;
  needs.add("a.sql", unit);
  std::string all;
  for (const auto& [what, place] : needs.privileges()) {
    all += (all.empty() ? "" : ", ") + what.first + " " + what.second + " " + place;
  }
  return all;
}

TEST(NeedsTest, EachKindOfChangeHasItsPrivilege) {
  EXPECT_EQ(privileges("CREATE TABLE t (x INT)"), "CREATE  a.sql:1");
  EXPECT_EQ(privileges("ALTER TABLE b.t ADD INDEX i (x)"), "ALTER b a.sql:1");
  EXPECT_EQ(privileges("CREATE UNIQUE INDEX i ON t (x)"), "INDEX  a.sql:1");
  EXPECT_EQ(privileges("TRUNCATE t"), "DROP  a.sql:1");
  EXPECT_EQ(privileges("CREATE OR REPLACE TABLE t (x INT)"), "CREATE  a.sql:1");
  EXPECT_EQ(privileges("CREATE VIEW v AS SELECT 1"), "CREATE VIEW  a.sql:1");
  EXPECT_EQ(privileges("CREATE DATABASE d"), "CREATE d a.sql:1");
  EXPECT_EQ(privileges("DROP PROCEDURE p"), "ALTER ROUTINE  a.sql:1");
  EXPECT_EQ(privileges("INSERT INTO t VALUES (1)"), "");
}

TEST(NeedsTest, EachStatementOfAUnitHasItsPlace) {
  EXPECT_EQ(privileges("CREATE TABLE t (x INT);\nDROP TABLE u;"), "CREATE  a.sql:1, DROP  a.sql:2");
}

TEST(NeedsTest, NewTablesWithoutAKeyAndUnsafeFunctionsAreKept) {
  const std::string text =
      "CREATE TABLE a (x INT PRIMARY KEY);\nCREATE TABLE b (x INT);\nCREATE TABLE c LIKE a;\n"
      "CREATE FUNCTION f() RETURNS INT RETURN 1;\nCREATE FUNCTION g() RETURNS INT NO SQL RETURN 1;";
  const sql::Anchor anchor{0, {1, 1}, 0, false};
  sql::Statement unit;
  unit.text = text;
  unit.anchors = {&anchor, 1};
  Needs needs;
  needs.add("a.sql", unit);
  EXPECT_EQ(needs.without_key(), std::vector<std::string>{"a.sql:2"});
  EXPECT_EQ(needs.unsafe_functions(), std::vector<std::string>{"a.sql:4"});
  EXPECT_EQ(needs.first_program(), "a.sql:4");
}

}  // namespace
}  // namespace gander::driver::mysql
