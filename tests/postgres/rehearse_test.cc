// SPDX-License-Identifier: MIT
// Rehearsals of functions, which the program does not have; what it has is in
// tests/engine/cases/rehearse and tests/rehearse.
#include <algorithm>

#include "gander/c_trials.h"
#include "gander/gander.h"
#include "tests/postgres/postgres_test.h"
#include "tests/support/c_api.h"

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

TEST_F(PostgresTest, RehearsalTellsCForWhomConcurrentlyWaits) {
  ask("CREATE TABLE bird (id INTEGER PRIMARY KEY)");
  testing_support::Client reader(url());
  reader.ask("BEGIN");
  reader.ask("UPDATE bird SET id = id");
  const std::string text =
      "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY bird_id ON bird (id);\n";
  const gander_file file{"1_index.sql", text.data(), text.size()};
  gander_source* source = nullptr;
  ASSERT_EQ(gander_source_files(&file, 1, &source, nullptr), GANDER_OK);
  const c::Owned<gander_source> files(source);
  gander_runner* made = nullptr;
  ASSERT_EQ(gander_runner_open(url().c_str(), source, nullptr, &made, nullptr), GANDER_OK);
  const c::Owned<gander_runner> runner(made);
  gander_rehearsal* told = nullptr;
  ASSERT_EQ(gander_runner_rehearse(runner.get(), 0, nullptr, &told, nullptr), GANDER_OK);
  const c::Owned<gander_rehearsal> rehearsal(told);
  ASSERT_EQ(gander_rehearsal_waits_for_count(told, 0, 0), 1u);
  const std::string pid = "pid " + reader.ask("SELECT pg_backend_pid()");
  EXPECT_THAT(gander_rehearsal_waits_for(told, 0, 0, 0), ::testing::StartsWith(pid + " "));
  EXPECT_STREQ(gander_rehearsal_waits_for(told, 0, 0, 1), "");
}

}  // namespace
}  // namespace gander
