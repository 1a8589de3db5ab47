// SPDX-License-Identifier: MIT
// gander::Connection on PostgreSQL.
#include "tests/postgres/postgres_test.h"
#include "tests/support/connection_cases.h"

namespace gander {
namespace {

using ::testing::HasSubstr;
using testing_support::Client;
using testing_support::usage_error_of;

class PostgresLentTest : public PostgresTest, public ::testing::WithParamInterface<bool> {
 protected:
  void run(std::function<void(Connection&)> function) {
    testing_support::migrate(open(url()), std::move(function), GetParam());
  }
};

TEST_P(PostgresLentTest, ValuesSurvive) {
  run([](Connection& db) { testing_support::values_survive(db, "bytea"); });
}

TEST_P(PostgresLentTest, BytesSurviveTheOldFormOfBytea) {
  run([](Connection& db) {
    db.execute("SET bytea_output = 'escape'");
    testing_support::values_survive(db, "bytea");
  });
}

TEST_P(PostgresLentTest, RowsAreCounted) { run(testing_support::rows_are_counted); }
TEST_P(PostgresLentTest, WrongReadsAreErrors) { run(testing_support::wrong_reads_are_errors); }
TEST_P(PostgresLentTest, VisitsNest) { run(testing_support::visits_nest); }

TEST_P(PostgresLentTest, PreparedStatementsFollowTheSchema) {
  run(testing_support::prepared_statements_follow_the_schema);
}

TEST_P(PostgresLentTest, ValuesHaveTheirTypes) {
  run([](Connection& db) {
    const Row row = db.query(
                          "SELECT true AS yes, 12.50::numeric AS price, 12.00::numeric AS whole,"
                          " 'NaN'::float8 AS nan, gen_random_uuid() AS id")
                        .one();
    EXPECT_TRUE(row.get<bool>("yes"));
    EXPECT_EQ(row.get<double>("price"), 12.5);
    EXPECT_EQ(row.get<std::string>("price"), "12.50");
    EXPECT_EQ(row.get<int>("whole"), 12);
    EXPECT_THAT(usage_error_of([&] { row.get<int>("price"); }), HasSubstr("(numeric) holds text"));
    EXPECT_EQ(row.get<std::string>("id").size(), 36U);
    EXPECT_EQ(row.columns()[4].type, "uuid");
  });
}

TEST_P(PostgresLentTest, ALoopPreparesItsStatementOnce) {
  run([](Connection& db) {
    db.execute("CREATE TABLE t (x integer, ok boolean)");
    for (int i = 0; i < 10; ++i) {
      db.execute("INSERT INTO t VALUES ($1, $2)", i, i > 5);
      db.execute("UPDATE t SET ok = $2 WHERE x = $1", i, true);
    }
    EXPECT_EQ(
        db.query("SELECT name FROM pg_prepared_statements WHERE name LIKE 'gander_lent_%'").size(),
        2U);
    EXPECT_EQ(db.query("SELECT 1 FROM t WHERE ok").size(), 10U);
  });
}

INSTANTIATE_TEST_SUITE_P(Transactional, PostgresLentTest, ::testing::Bool());

using PostgresLentErrorsTest = PostgresTest;

TEST_F(PostgresLentErrorsTest, AWrongNumberOfValuesIsAUsageError) {
  for (const std::vector<Parameter>& values :
       {std::vector<Parameter>{1}, std::vector<Parameter>{1, 2, 3}}) {
    const Error error = error_of([&] {
      testing_support::migrate(
          open(url()),
          [&](Connection& db) {
            db.execute("CREATE TABLE IF NOT EXISTS w (a integer, b integer)");
            db.execute("INSERT INTO w VALUES ($1, $2)", values);
          },
          true);
    });
    EXPECT_EQ(error.code(), ErrorCode::usage) << error.what();
  }
}

TEST_F(PostgresLentErrorsTest, ATextWithANulIsRefusedAndNotCut) {
  const Error error = error_of([&] {
    testing_support::migrate(
        open(url()),
        [](Connection& db) { db.execute("SELECT $1::text", std::string_view("a\0b", 3)); }, true);
  });
  EXPECT_EQ(error.code(), ErrorCode::usage);
}

TEST_F(PostgresLentErrorsTest, TheErrorIsThatOfItsOwnCall) {
  testing_support::migrate(
      open(url()),
      [](Connection& db) {
        db.execute("CREATE TABLE e (x integer UNIQUE)");
        db.execute("INSERT INTO e VALUES (1)");
        db.execute("SAVEPOINT here");
        const Error error = error_of([&] { db.execute("INSERT INTO e VALUES ($1)", 1); });
        EXPECT_EQ(error.details().sqlstate, "23505");
        EXPECT_EQ(error.details().sql, "INSERT INTO e VALUES ($1)");
        db.execute("ROLLBACK TO here");
        EXPECT_EQ(db.query("SELECT x FROM e").size(), 1U);
      },
      true);
}

TEST_F(PostgresLentErrorsTest, ABorrowedConnectionKeepsNoStatementOfOurs) {
  Client client(url());
  client.ask("PREPARE mine AS SELECT 1");
  testing_support::migrate(borrow(client.handle()), testing_support::visits_nest, true);
  EXPECT_EQ(client.ask("SELECT string_agg(name, ' ') FROM pg_prepared_statements"), "mine");
  EXPECT_EQ(client.ask("SELECT count(*) FROM pg_cursors"), "0");
}

}  // namespace
}  // namespace gander
