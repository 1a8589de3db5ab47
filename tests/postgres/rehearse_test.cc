// SPDX-License-Identifier: MIT
// Rehearsals of functions, which the program does not have; what it has is in
// tests/engine/cases/rehearse and tests/rehearse.
#include <algorithm>

#include "gander/gander.h"
#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

TEST_F(PostgresTest, RehearsalMeasuresTheTransactionOfAFunction) {
  ask("CREATE TABLE bird (id INTEGER PRIMARY KEY, weight SMALLINT)");
  ask("CREATE TABLE nest (id INTEGER)");
  FunctionMigration function;
  function.version = 1;
  function.name = "grow";
  function.up = [](Connection& connection) {
    connection.execute("ALTER TABLE bird ALTER COLUMN weight TYPE BIGINT");
    connection.execute("CREATE INDEX ON nest (id)");
  };
  MigrationRunner runner{open(url()), functions({function})};
  const Rehearsal rehearsal = runner.rehearse();
  EXPECT_FALSE(rehearsal.error);
  ASSERT_EQ(rehearsal.migrations.size(), 1u);
  EXPECT_TRUE(rehearsal.migrations[0].function);
  ASSERT_EQ(rehearsal.migrations[0].statements.size(), 1u);
  const RehearsedStatement& whole = rehearsal.migrations[0].statements[0];
  const auto has = [&](const char* relation, const char* mode) {
    return std::ranges::any_of(whole.locks, [&](const RehearsedLock& lock) {
      return lock.relation == relation && lock.mode == mode && lock.held == whole.duration;
    });
  };
  EXPECT_TRUE(has("public.bird", "ACCESS EXCLUSIVE"));
  EXPECT_TRUE(has("public.nest", "SHARE"));
  ASSERT_EQ(whole.rewritten.size(), 2u);
  EXPECT_EQ(whole.rewritten[0].relation, "public.bird");
  EXPECT_EQ(runner.version(), 0);
}

}  // namespace
}  // namespace gander
