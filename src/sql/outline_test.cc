// SPDX-License-Identifier: MIT
#include "src/sql/outline.h"

#include <gtest/gtest.h>

namespace gander::sql {
namespace {

std::string dump(std::string_view sql) {
  const LexicalRules rules;
  const Outline found = outline(Words(rules, sql));
  constexpr const char* kVerbs[] = {"other", "create", "alter", "drop"};
  std::string text = kVerbs[static_cast<int>(found.verb)];
  for (const std::string& part : {found.kind, found.name, found.table}) text += "|" + part;
  text += "|";
  if (found.replaces) text += 'R';
  if (found.temporary) text += 'T';
  if (found.unique) text += 'U';
  if (found.concurrently) text += 'C';
  if (found.guarded) text += 'G';
  if (found.only) text += 'O';
  return text + "|" + std::string(found.rest.peek().text);
}

TEST(OutlineTest, TellsVerbKindAndName) {
  EXPECT_EQ(dump("/* c */ Create TABLE a (b int)"), "create|table|a|||(");
  EXPECT_EQ(dump("CREATE TEMP TABLE IF NOT EXISTS s.\"a b\" AS"), "create|table|s.\"a b\"||TG|AS");
  EXPECT_EQ(dump("CREATE OR REPLACE RECURSIVE VIEW v AS"), "create|view|v||R|AS");
  EXPECT_EQ(dump("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY s.t (a)"),
            "create|index|i|s.t|UCGO|(");
  EXPECT_EQ(dump("CREATE INDEX ON t (a)"), "create|index||t||(");
  EXPECT_EQ(dump("DROP INDEX CONCURRENTLY IF EXISTS i, j"), "drop|index|i||CG|,");
  EXPECT_EQ(dump("ALTER TABLE IF EXISTS ONLY a DETACH PARTITION b"), "alter|table|a||GO|DETACH");
  EXPECT_EQ(dump("DROP MATERIALIZED VIEW v"), "drop|materialized view|v|||");
  EXPECT_EQ(dump("CREATE FOREIGN TABLE f (a int)"), "create|foreign table|f|||(");
  EXPECT_EQ(dump("CREATE EVENT TRIGGER e ON"), "create|event trigger|e|||ON");
  EXPECT_EQ(dump("CREATE EVENT e ON"), "create|event|e|||ON");
}

TEST(OutlineTest, WhatIsNoStatementOfTheSchemaHasNone) {
  EXPECT_EQ(dump("INSERT INTO t VALUES (1)"), "other|||||INSERT");
  EXPECT_EQ(dump(""), "other|||||");
  EXPECT_EQ(dump("CREATE"), "create|||||");
  EXPECT_EQ(dump("DROP TABLE ,"), "drop|table||||,");
  EXPECT_EQ(dump("CREATE 'table' a"), "create|||||'table'");
}

}  // namespace
}  // namespace gander::sql
