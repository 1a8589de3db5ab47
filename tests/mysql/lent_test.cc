// SPDX-License-Identifier: MIT
// gander::Connection on MySQL.
#include "tests/mysql/mysql_test.h"
#include "tests/support/connection_cases.h"

namespace gander {
namespace {

using ::testing::HasSubstr;
using testing_support::usage_error_of;

class MysqlLentTest : public MysqlTest, public ::testing::WithParamInterface<bool> {
 protected:
  void run(std::function<void(Connection&)> function) {
    testing_support::migrate(open(url()), std::move(function), GetParam());
  }
};

TEST_P(MysqlLentTest, ValuesSurvive) {
  run([](Connection& db) { testing_support::values_survive(db, "blob"); });
}

TEST_P(MysqlLentTest, RowsAreCounted) { run(testing_support::rows_are_counted); }
TEST_P(MysqlLentTest, WrongReadsAreErrors) { run(testing_support::wrong_reads_are_errors); }

TEST_P(MysqlLentTest, VisitsNest) {
  if (is_oracle()) GTEST_SKIP() << "MySQL has no DELETE ... RETURNING";
  run(testing_support::visits_nest);
}

TEST_P(MysqlLentTest, PreparedStatementsFollowTheSchema) {
  run(testing_support::prepared_statements_follow_the_schema);
}

TEST_P(MysqlLentTest, ValuesHaveTheirTypes) {
  run([](Connection& db) {
    const char* sql =
        "SELECT CAST(12.50 AS DECIMAL(10, 2)) AS price, CAST('12' AS DECIMAL(10, 2)) AS whole, "
        "b'101' + 0 AS five, DATE'2026-01-31' AS day, CAST(18446744073709551615 AS UNSIGNED) AS "
        "big, "
        "x'00ff' AS bytes, NULL AS none, 1.5e0 AS real_one, TIMESTAMP'2026-01-31 10:00:00.25' AS "
        "at";
    const Row with_values = db.query(std::string(sql) + " FROM DUAL WHERE 1 = $1", 1).one();
    for (const Row& row : {db.query(sql).one(), with_values}) {
      EXPECT_EQ(row.get<double>("price"), 12.5);
      EXPECT_EQ(row.get<std::string>("price"), "12.50");
      EXPECT_EQ(row.get<int>("whole"), 12);
      EXPECT_EQ(row.get<int>("five"), 5);
      EXPECT_EQ(row.get<std::string>("day"), "2026-01-31");
      EXPECT_EQ(row.get<std::string>("big"), "18446744073709551615");
      EXPECT_EQ(row.get<Blob>("bytes").size(), 2U);
      EXPECT_TRUE(row.is_null("none"));
      EXPECT_EQ(row.get<double>("real_one"), 1.5);
      EXPECT_THAT(row.get<std::string>("at"), HasSubstr("2026-01-31 10:00:00.25"));
      EXPECT_EQ(row.columns()[0].type, "decimal");
      EXPECT_THAT(usage_error_of([&] { row.get<int>("price"); }), HasSubstr("holds text"));
    }
  });
}

TEST_P(MysqlLentTest, LongTextsComeWhole) {
  run([](Connection& db) {
    db.execute("CREATE TABLE l (id INT, t LONGTEXT)");
    const std::string text(300'000, 'x');
    db.execute("INSERT INTO l VALUES ($1, $2)", 1, text);
    EXPECT_EQ(db.query("SELECT t FROM l WHERE id = $1", 1).one().get<std::string>(0), text);
    db.for_each("SELECT t FROM l",
                [&](const Row& row) { EXPECT_EQ(row.get<std::string>(0), text); });
  });
}

TEST_P(MysqlLentTest, EveryWayToWriteAParameter) {
  run([](Connection& db) {
    EXPECT_EQ(db.query("SELECT ? - ?", 7, 2).one().get<double>(0), 5);
    EXPECT_EQ(db.query("SELECT $2 - $1, $1", 2, 7).one().get<double>(0), 5);
    EXPECT_EQ(db.query("SELECT '$1', `a$1`, $1 FROM (SELECT 3 AS `a$1`) q", 4).one().get<int>(2),
              4);
    EXPECT_THAT(usage_error_of([&] { db.execute("SELECT ?, $1", 1); }), HasSubstr("both kinds"));
    EXPECT_THAT(usage_error_of([&] { db.execute("SELECT $1", 1, 2); }), HasSubstr("1 parameters"));
    EXPECT_THAT(usage_error_of([&] { db.execute("SELECT $3", 1); }), HasSubstr("3 parameters"));
  });
}

TEST_P(MysqlLentTest, ABodyIsOneStatement) {
  run([](Connection& db) {
    db.execute(
        "CREATE TABLE w (x INT); CREATE PROCEDURE fill() BEGIN INSERT INTO w VALUES (1); "
        "INSERT INTO w VALUES (2); SELECT x FROM w; SELECT 3; END; CALL fill()");
    EXPECT_EQ(db.query("SELECT COUNT(*) FROM w").one().get<int>(0), 2);
    EXPECT_EQ(db.query("CALL fill()").one().get<int>(0), 3);
  });
}

INSTANTIATE_TEST_SUITE_P(Transactional, MysqlLentTest, ::testing::Bool());

}  // namespace
}  // namespace gander
