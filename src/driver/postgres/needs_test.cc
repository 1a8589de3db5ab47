// SPDX-License-Identifier: MIT
#include "src/driver/postgres/needs.h"

#include <gtest/gtest.h>

#include <string>

namespace gander::driver::postgres {
namespace {

std::string names(const char* what, const Needs::Names& names) {
  std::string text;
  for (const auto& [name, place] : names) text += std::string(what) + "(" + name + ") ";
  return text;
}

struct Case {
  const char* sql;
  const char* expected;
};

class NeedsTest : public ::testing::TestWithParam<Case> {};

TEST_P(NeedsTest, AreRecognized) {
  Needs needs;
  needs.add("a.sql", GetParam().sql);
  std::string found = names("alter", needs.altered()) + names("in", needs.schemas()) +
                      names("extension", needs.extensions()) +
                      names("database", needs.on_database());
  if (!found.empty()) found.pop_back();
  EXPECT_EQ(found, GetParam().expected) << GetParam().sql;
}

INSTANTIATE_TEST_SUITE_P(
    All, NeedsTest,
    ::testing::Values(
        Case{"ALTER TABLE IF EXISTS ONLY a.\"B c\" ADD d int", "alter(a.\"B c\")"},
        Case{"ALTER MATERIALIZED VIEW v RENAME TO w", "alter(v)"},
        Case{"ALTER TYPE t ADD VALUE 'x'", ""},
        Case{"DROP TABLE IF EXISTS a, b.c CASCADE", "alter(a) alter(b.c)"},
        Case{"DROP INDEX CONCURRENTLY i", "alter(i)"}, Case{"DROP FUNCTION f()", ""},
        Case{"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY t (a)", "alter(t)"},
        Case{"CREATE INDEX ON t (a)", "alter(t)"}, Case{"CREATE TABLE t (a int)", "in()"},
        Case{"CREATE UNLOGGED TABLE IF NOT EXISTS s.t (a int)", "in(s)"},
        Case{"CREATE TEMP TABLE t (a int)", ""},
        Case{"CREATE OR REPLACE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "in(s)"},
        Case{"CREATE MATERIALIZED VIEW v AS SELECT 1", "in()"},
        Case{"CREATE TYPE mood AS ENUM ('a')", "in()"}, Case{"CREATE ROLE r", ""},
        Case{"CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"", "extension(\"uuid-ossp\")"},
        Case{"CREATE SCHEMA s", "database(SCHEMA)"},
        Case{"INSERT INTO t VALUES (1); -- x\nALTER TABLE t DROP a; CREATE TABLE u ()",
             "alter(t) in()"},
        Case{"", ""}, Case{"CREATE", ""}, Case{"ALTER TABLE", ""}, Case{"DROP TABLE ,", ""}));

}  // namespace
}  // namespace gander::driver::postgres
