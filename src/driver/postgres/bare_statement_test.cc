// SPDX-License-Identifier: MIT
#include "src/driver/postgres/bare_statement.h"

#include <gtest/gtest.h>

namespace gander::driver::postgres {
namespace {

struct BareCase {
  const char* sql;
  BareStatement::Kind kind;
  const char* name;
  const char* other;  // table or name_of_index
};

class BareStatementTest : public ::testing::TestWithParam<BareCase> {};

TEST_P(BareStatementTest, IsRecognized) {
  const BareStatement found = bare_statement(GetParam().sql);
  EXPECT_EQ(found.kind, GetParam().kind);
  EXPECT_EQ(found.name, GetParam().name);
  EXPECT_EQ(found.table + found.name_of_index, GetParam().other);
}

using Kind = BareStatement::Kind;

INSTANTIATE_TEST_SUITE_P(
    Table, BareStatementTest,
    ::testing::Values(
        BareCase{"CREATE INDEX CONCURRENTLY i ON t (a);", Kind::create_index, "t", "i"},
        BareCase{"create unique index concurrently if not exists \"I x\" on only s.\"T\" (a)",
                 Kind::create_index, "s.\"T\"", "\"I x\""},
        BareCase{"CREATE INDEX CONCURRENTLY ON t USING gin (a)", Kind::create_index, "t", ""},
        BareCase{"CREATE INDEX i ON t (a)", Kind::unknown, "", ""},
        BareCase{"DROP INDEX CONCURRENTLY IF EXISTS s.i CASCADE", Kind::drop_index, "s.i", ""},
        BareCase{"DROP INDEX i", Kind::unknown, "", ""},
        BareCase{"REINDEX (VERBOSE) TABLE CONCURRENTLY t", Kind::reindex, "", ""},
        BareCase{"/* first */ VACUUM (FULL) t", Kind::repeatable, "", ""},
        BareCase{"ALTER SYSTEM SET work_mem = '4MB'", Kind::repeatable, "", ""},
        BareCase{"ALTER TABLE IF EXISTS ONLY s.p DETACH PARTITION s.c CONCURRENTLY;",
                 Kind::detach_partition, "s.c", "s.p"},
        BareCase{"ALTER TABLE p DETACH PARTITION c", Kind::unknown, "", ""},
        BareCase{"CREATE DATABASE \"D b\" TEMPLATE x", Kind::create_database, "\"D b\"", ""},
        BareCase{"DROP DATABASE IF EXISTS d", Kind::drop_database, "d", ""},
        BareCase{"CREATE TABLESPACE t LOCATION '/x'", Kind::create_tablespace, "t", ""},
        BareCase{"DROP SUBSCRIPTION s", Kind::drop_subscription, "s", ""},
        BareCase{"CALL p()", Kind::unknown, "", ""},
        BareCase{"CALL p() -- gander:idempotent", Kind::unknown, "", ""},
        BareCase{"VACUUM a; VACUUM b", Kind::unknown, "", ""}));

TEST(BareStatementTest, CatalogueNames) {
  EXPECT_EQ(catalogue_name("Birds"), "birds");
  EXPECT_EQ(catalogue_name("\"Bi\"\"rds\""), "Bi\"rds");
}

}  // namespace
}  // namespace gander::driver::postgres
