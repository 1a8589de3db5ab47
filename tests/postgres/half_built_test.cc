// SPDX-License-Identifier: MIT
// What CONCURRENTLY leaves half-built is never taken for what a migration asked for: it is built
// anew, or the migration fails, whoever left it and however often `up` is run.
#include <thread>

#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

using ::testing::HasSubstr;
using testing_support::Client;

constexpr const char* kConcurrently = "-- +goose NO TRANSACTION\n-- +goose Up\n";
constexpr const char* kTransaction = "-- +goose Up\n";

class PostgresHalfBuiltTest : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (IsSkipped()) return;
    ask("CREATE TABLE city (id int, name text); INSERT INTO city VALUES (1, 'a'), (1, 'b')");
  }

  // An index as a tool that failed leaves it.
  void leave_invalid(const std::string& name) const {
    EXPECT_THROW(ask("CREATE UNIQUE INDEX CONCURRENTLY " + name + " ON city (id)"),
                 std::runtime_error);
    ASSERT_EQ(valid(name), "f");
  }
  std::string valid(const std::string& name) const {
    return ask("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('" + name + "')");
  }
  void resolve_duplicates() const { ask("DELETE FROM city WHERE name = 'b'"); }
  MigrationRunner migration(const char* head, const std::string& sql, Options options = {}) const {
    return runner({{"00001_index.sql", head + sql + "\n"}}, std::move(options));
  }
  bool wait_until(const std::string& sql) const {
    for (int i = 0; i < 200; ++i) {
      if (ask("SELECT (" + sql + ")") == "t") return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }
};

constexpr const char* kUnique =
    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS city_u ON city (id);";

TEST_F(PostgresHalfBuiltTest, InvalidIndexIsRebuiltAndNotRecordedAsItStands) {
  leave_invalid("city_u");
  resolve_duplicates();
  EXPECT_EQ(migration(kConcurrently, kUnique).up().migrations.size(), 1U);
  EXPECT_EQ(valid("city_u"), "t");
  EXPECT_EQ(ask("SELECT indisunique FROM pg_index WHERE indexrelid = 'city_u'::regclass"), "t");
}

TEST_F(PostgresHalfBuiltTest, InvalidIndexThatCannotBeRebuiltFailsEveryTime) {
  leave_invalid("city_u");
  for (int i = 0; i < 3; ++i) {
    MigrationRunner runner = migration(kConcurrently, kUnique);
    EXPECT_EQ(error_of([&] { runner.up(); }).details().sqlstate, "23505") << i;
    EXPECT_EQ(runner.version(), 0) << i;
  }
  resolve_duplicates();
  EXPECT_EQ(migration(kConcurrently, kUnique).up().version, 1);
  EXPECT_EQ(valid("city_u"), "t");
}

TEST_F(PostgresHalfBuiltTest, WithoutVersioningToo) {
  leave_invalid("city_u");
  resolve_duplicates();
  Options options;
  options.versioning = false;
  migration(kConcurrently, kUnique, options).up();
  EXPECT_EQ(valid("city_u"), "t");
}

TEST_F(PostgresHalfBuiltTest, InTheDownSectionToo) {
  MigrationRunner runner =
      migration(kConcurrently, std::string("SELECT 1;\n-- +goose Down\n") + kUnique);
  runner.up();
  leave_invalid("city_u");
  EXPECT_THROW(runner.down(), Error);
  EXPECT_EQ(runner.version(), 1);
  resolve_duplicates();
  runner.down();
  EXPECT_EQ(valid("city_u"), "t");
}

// The other session's build fails, or succeeds, while the migration waits for it.
TEST_F(PostgresHalfBuiltTest, IndexThatSomebodyIsBuildingIsWaitedFor) {
  for (const bool fails : {true, false}) {
    ask("DROP INDEX IF EXISTS city_u");
    Client reader(url());
    reader.ask("BEGIN; INSERT INTO city VALUES (7, 'open')");
    Client builder(url());
    builder.send("CREATE INDEX CONCURRENTLY city_u ON city (id)");
    ASSERT_TRUE(
        wait_until("SELECT count(*) = 1 FROM pg_index WHERE indexrelid = "
                   "to_regclass('city_u') AND NOT indisvalid"));
    const std::string theirs = ask("SELECT 'city_u'::regclass::oid");
    std::thread other([&] {
      // The migration's own statement waits for the builder's lock on the table.
      EXPECT_TRUE(
          wait_until("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND mode = "
                     "'ShareUpdateExclusiveLock'"));
      if (fails) {
        ask("SELECT pg_terminate_backend(pid) FROM pg_stat_progress_create_index");
      }
      reader.ask("COMMIT");
    });
    MigrationRunner runner =
        migration(kConcurrently, "CREATE INDEX CONCURRENTLY IF NOT EXISTS city_u ON city (id);");
    EXPECT_EQ(runner.up().version, 1);
    other.join();
    EXPECT_EQ(valid("city_u"), "t");
    EXPECT_EQ(ask("SELECT 'city_u'::regclass::oid") == theirs, !fails);
    runner.down_to(0);
  }
}

// As if killed after any of the steps: the statement is in the journal without its outcome.
TEST_F(PostgresHalfBuiltTest, RunThatDiedWhileRebuildingGoesOn) {
  const char* sql = "CREATE INDEX CONCURRENTLY IF NOT EXISTS city_u ON city (id)";
  for (const char* state : {"skipped", "dropped", "half built", "built"}) {
    ask("DROP INDEX IF EXISTS city_u; DROP TABLE IF EXISTS goose_db_version, "
        "goose_db_version_history, goose_db_version_journal");
    leave_invalid("city_u");
    const std::unique_ptr<driver::Connection> connection = connect();
    const Unit unit(sql, sql::StatementKind::bare);
    const std::string before = connection->witness()->before_image(unit);
    const std::string_view now = state;
    if (now != "skipped") ask("DROP INDEX city_u");
    if (now == "half built") leave_invalid("city_u");
    if (now == "built") ask("CREATE INDEX city_u ON city (id)");
    const driver::Outcome outcome = connection->witness()->judge(unit, before);
    EXPECT_EQ(outcome, now == "built" ? driver::Outcome::happened : driver::Outcome::did_not_happen)
        << state;
    if (now == "half built") {
      EXPECT_EQ(valid("city_u"), "") << "what the run left is cleared away";
    }
    if (outcome == driver::Outcome::did_not_happen) connection->run(unit);
    EXPECT_EQ(valid("city_u"), "t") << state;
  }
}

TEST_F(PostgresHalfBuiltTest, PlainCreateIndexDoesNotAcceptAnInvalidOne) {
  leave_invalid("city_u");
  const char* sql = "CREATE TABLE new ();\nCREATE INDEX IF NOT EXISTS city_u ON city (id);";
  for (const char* head : {kTransaction, kConcurrently}) {
    MigrationRunner runner = migration(head, sql);
    const Error error = error_of([&] { runner.up(); });
    EXPECT_THAT(error.details().message, HasSubstr("public.city_u exists, but is invalid"));
    EXPECT_THAT(error.details().hint, HasSubstr("DROP INDEX CONCURRENTLY public.city_u"));
    EXPECT_EQ(error.details().file, "00001_index.sql");
    EXPECT_EQ(error.details().statement, 2);
    EXPECT_EQ(runner.version(), 0);
    EXPECT_EQ(ask("SELECT to_regclass('new') IS NULL"), head == kTransaction ? "t" : "f");
  }
  ask("DROP INDEX city_u");
  migration(kConcurrently, sql).up();
  EXPECT_EQ(valid("city_u"), "t");
}

TEST_F(PostgresHalfBuiltTest, ValidIndexAndWrittenIntentAreAccepted) {
  ask("CREATE INDEX city_i ON city (id); CREATE TABLE p (i int) PARTITION BY LIST (i); CREATE "
      "TABLE p1 PARTITION OF p FOR VALUES IN (1)");
  migration(kTransaction,
            "CREATE INDEX IF NOT EXISTS city_i ON city (id);\n"
            "CREATE INDEX IF NOT EXISTS p_i ON ONLY p (i);\n"
            "CREATE INDEX IF NOT EXISTS p_i ON ONLY p (i);\n"
            "ALTER TABLE city ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;")
      .up();
  EXPECT_EQ(valid("p_i"), "f");
  EXPECT_EQ(ask("SELECT convalidated FROM pg_constraint WHERE conname = 'positive'"), "f");
  MigrationRunner whole =
      runner({{"00002_p.sql", "-- +goose Up\nCREATE INDEX IF NOT EXISTS p_i ON p (i);\n"}});
  EXPECT_THAT(error_of([&] { whole.up(); }).details().message,
              HasSubstr("public.p_i exists, but lacks its part"));
}

TEST_F(PostgresHalfBuiltTest, IndexOfThatNameOnAnotherTableIsNotDropped) {
  leave_invalid("city_u");
  ask("CREATE TABLE town (id int)");
  MigrationRunner runner =
      migration(kConcurrently, "CREATE INDEX CONCURRENTLY IF NOT EXISTS city_u ON town (id);");
  EXPECT_THAT(error_of([&] { runner.up(); }).details().message, HasSubstr("is invalid"));
  EXPECT_EQ(valid("city_u"), "f");
}

TEST_F(PostgresHalfBuiltTest, ConstraintUsingAnInvalidIndexFails) {
  leave_invalid("city_u");
  MigrationRunner runner =
      migration(kTransaction, "ALTER TABLE city ADD CONSTRAINT c UNIQUE USING INDEX city_u;");
  EXPECT_THAT(error_of([&] { runner.up(); }).details().message, HasSubstr("not valid"));
  EXPECT_EQ(runner.version(), 0);
}

TEST_F(PostgresHalfBuiltTest, ReindexLeavesNothingInvalidBehind) {
  for (const char* what :
       {"TABLE CONCURRENTLY city", "(CONCURRENTLY) TABLE city", "SCHEMA CONCURRENTLY public"}) {
    ask("DROP TABLE IF EXISTS goose_db_version, goose_db_version_history, goose_db_version_journal;"
        "DROP INDEX IF EXISTS city_u, city_i_ccnew; DELETE FROM city; INSERT INTO city VALUES "
        "(1, 'a'), (1, 'b')");
    leave_invalid("city_u");
    leave_invalid("city_i_ccnew");
    MigrationRunner runner = migration(kConcurrently, std::string("REINDEX ") + what + ";");
    const Error error = error_of([&] { runner.up(); });
    EXPECT_EQ(error.details().sqlstate, "23505") << what;
    EXPECT_EQ(error.details().line, 3) << what;
    EXPECT_EQ(runner.version(), 0);
    resolve_duplicates();
    runner.up();
    EXPECT_EQ(valid("city_u"), "t") << what;
    EXPECT_EQ(ask("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0") << what;
  }
}

TEST_F(PostgresHalfBuiltTest, DetachThatSomebodyLeftPendingIsFinished) {
  if (ask("SELECT current_setting('server_version_num')::int >= 140000") != "t") {
    GTEST_SKIP() << "DETACH PARTITION CONCURRENTLY came with PostgreSQL 14";
  }
  ask("CREATE TABLE p (i int) PARTITION BY LIST (i); CREATE TABLE c PARTITION OF p FOR VALUES IN "
      "(1)");
  const std::string detach = "ALTER TABLE p DETACH PARTITION c CONCURRENTLY;";
  Client reader(url());
  reader.ask("BEGIN; SELECT * FROM p");
  // This run is cut off itself, and so is the next one.
  Options options;
  options.statement_timeout = std::chrono::milliseconds(300);
  for (int i = 0; i < 2; ++i) {
    MigrationRunner runner = migration(kConcurrently, detach, options);
    EXPECT_THROW(runner.up(), Error);
    EXPECT_EQ(runner.version(), 0);
    EXPECT_EQ(ask("SELECT inhdetachpending FROM pg_inherits"), "t");
  }
  reader.ask("COMMIT");
  EXPECT_EQ(migration(kConcurrently, detach).up().version, 1);
  EXPECT_EQ(ask("SELECT count(*) FROM pg_inherits"), "0");
}

}  // namespace
}  // namespace gander
