// SPDX-License-Identifier: MIT
// gander::Connection on SQLite.
#include "src/driver/sqlite/lent.h"

#include <sqlite3.h>

#include "tests/support/connection_cases.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::HasSubstr;

// True: in a transaction.
class SqliteLentTest : public ::testing::TestWithParam<bool> {
 protected:
  void run(std::function<void(Connection&)> function) {
    // Thousands of commits: not one of them has to outlive the machine.
    testing_support::migrate(
        open("sqlite:" + directory_.file("app.db") + "?_pragma=synchronous(OFF)"),
        std::move(function), GetParam());
  }
  testing_support::TempDirectory directory_;
};

TEST_P(SqliteLentTest, ValuesSurvive) {
  run([](Connection& db) { testing_support::values_survive(db, "blob"); });
}

TEST_P(SqliteLentTest, WrongReadsAreErrors) { run(testing_support::wrong_reads_are_errors); }
TEST_P(SqliteLentTest, RowsAreCounted) { run(testing_support::rows_are_counted); }
TEST_P(SqliteLentTest, VisitsNest) { run(testing_support::visits_nest); }

TEST_P(SqliteLentTest, PreparedStatementsFollowTheSchema) {
  run(testing_support::prepared_statements_follow_the_schema);
}

TEST_P(SqliteLentTest, TellsOfItsTransaction) {
  run([](Connection& db) {
    EXPECT_EQ(db.in_transaction(), GetParam());
    EXPECT_EQ(db.driver_name(), "sqlite");
    EXPECT_NE(db.native_handle(), nullptr);
  });
}

TEST_P(SqliteLentTest, EveryWayToWriteAParameter) {
  run([](Connection& db) {
    EXPECT_EQ(db.query("SELECT ? - ?", 5, 3).one().get<int>(0), 2);
    EXPECT_EQ(db.query("SELECT ?2 - ?1", 5, 3).one().get<int>(0), -2);
    EXPECT_EQ(db.query("SELECT $2 - $1", 5, 3).one().get<int>(0), -2);
    using testing_support::usage_error_of;
    EXPECT_THAT(usage_error_of([&] { (void)db.query("SELECT :a", 5); }), HasSubstr(":a"));
    EXPECT_THAT(usage_error_of([&] { (void)db.query("SELECT $1, $2", 5); }),
                HasSubstr("2 parameters"));
    EXPECT_THAT(usage_error_of([&] { (void)db.query("SELECT $1", 5, 6); }), HasSubstr("2 values"));
    EXPECT_THAT(usage_error_of([&] { db.execute("SELECT $1"); }), HasSubstr("0 values"));
  });
}

INSTANTIATE_TEST_SUITE_P(Transactional, SqliteLentTest, ::testing::Bool());

TEST(SqliteLentOnBorrowedHandleTest, LeavesNoStatementBehind) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &handle), SQLITE_OK);
  testing_support::migrate(borrow(handle), testing_support::visits_nest, true);
  EXPECT_EQ(sqlite3_next_stmt(handle, nullptr), nullptr);
  EXPECT_EQ(sqlite3_close(handle), SQLITE_OK);
}

// Within the loop the handle always has that one statement, and no other.
TEST(SqliteLentOnBorrowedHandleTest, ALoopPreparesItsStatementOnce) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &handle), SQLITE_OK);
  testing_support::migrate(
      borrow(handle),
      [&](Connection& db) {
        db.execute("CREATE TABLE t (x)");
        const auto find = [&]() -> sqlite3_stmt* {
          for (sqlite3_stmt* at = sqlite3_next_stmt(handle, nullptr); at != nullptr;
               at = sqlite3_next_stmt(handle, at)) {
            if (std::string_view(sqlite3_sql(at)) == "INSERT INTO t VALUES ($1)") return at;
          }
          return nullptr;
        };
        for (int i = 0; i < 10; ++i) db.execute("INSERT INTO t VALUES ($1)", i);
        ASSERT_NE(find(), nullptr);
        EXPECT_EQ(sqlite3_stmt_status(find(), SQLITE_STMTSTATUS_RUN, 0), 10);
      },
      true);
  EXPECT_EQ(sqlite3_close(handle), SQLITE_OK);
}

}  // namespace
}  // namespace gander
