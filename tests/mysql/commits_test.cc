// SPDX-License-Identifier: MIT
// What a run concludes when the transaction it works in was ended by what it ran.
#include "tests/mysql/mysql_test.h"

namespace gander {
namespace {

using ::testing::HasSubstr;

class MysqlCommitsTest : public MysqlTest {
 protected:
  // The error of up(); its code is ErrorCode::internal where there is none.
  Error error_of_up(const std::vector<MemoryFile>& files) {
    return error_of([&] { runner(files).up(); });
  }

  // Brings up one migration that is this function.
  Error error_of_function(std::function<void(Connection&)> up) const {
    FunctionMigration function;
    function.version = 1;
    function.name = "1_function";
    function.up = std::move(up);
    return error_of([&] { MigrationRunner(open(url()), functions({function})).up(); });
  }
};

TEST_F(MysqlCommitsTest, AFunctionThatCommitsAndThrowsIsNotCalledAgain) {
  int calls = 0;
  const auto up = [&](Connection& db) {
    ++calls;
    db.execute("CREATE TABLE a (x INT)");
    db.execute("INSERT INTO a VALUES (1)");
    throw std::runtime_error("no more");
  };
  const Error first = error_of_function(up);
  EXPECT_EQ(first.code(), ErrorCode::sql);
  EXPECT_THAT(first.what(), HasSubstr("no more"));
  EXPECT_THAT(first.details().hint, HasSubstr("resolve(1)"));
  const Error second = error_of_function(up);
  EXPECT_EQ(second.code(), ErrorCode::in_doubt);
  EXPECT_THAT(second.what(), HasSubstr("no more"));
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(ask("SELECT COUNT(*) FROM a"), "1");
}

TEST_F(MysqlCommitsTest, AFunctionThatOnlyChangesRowsIsTakenBackAndCalledAgain) {
  ask("CREATE TABLE a (x INT)");
  int calls = 0;
  const auto up = [&](Connection& db) {
    db.execute("INSERT INTO a VALUES (1)");
    if (++calls == 1) throw std::runtime_error("not yet");
    throw std::runtime_error("nor now");
  };
  EXPECT_THAT(error_of_function(up).what(), HasSubstr("not yet"));
  EXPECT_THAT(error_of_function(up).what(), HasSubstr("nor now"));
  EXPECT_EQ(ask("SELECT COUNT(*) FROM a"), "0");
}

// Its rollback takes what stands behind the savepoint, and Gander's mark and intent with it.
TEST_F(MysqlCommitsTest, AProcedureThatGoesBackToASavepointHasEndedNothing) {
  ask("CREATE TABLE a (x INT); CREATE PROCEDURE back() BEGIN INSERT INTO a VALUES (3); "
      "ROLLBACK TO s; END");
  for (const char* begin : {"", "-- +goose NO TRANSACTION\n"}) {
    SCOPED_TRACE(begin);
    ask("DELETE FROM a; DROP TABLE IF EXISTS goose_db_version, b");
    const std::string file = std::string(begin) +
                             "-- +goose Up\nBEGIN;\nINSERT INTO a VALUES (1);\nSAVEPOINT s;\n"
                             "INSERT INTO a VALUES (2);\nCALL back();\nINSERT INTO a VALUES (4);\n"
                             "COMMIT;\nCREATE TABLE b (x INT);\n";
    EXPECT_EQ(runner({{"1_a.sql", file}}).up().migrations.size(), 1U);
    EXPECT_EQ(ask("SELECT GROUP_CONCAT(x ORDER BY x) FROM a"), "1,4");
    EXPECT_EQ(ask("SELECT COUNT(*) FROM goose_db_version_journal"), "0");
  }
}

TEST_F(MysqlCommitsTest, WhatFailsBehindSuchAProcedureLeavesNothing) {
  ask("CREATE TABLE a (x INT); CREATE PROCEDURE back() ROLLBACK TO s");
  const std::vector<MemoryFile> files = {
      {"1_a.sql",
       "-- +goose Up\nINSERT INTO a VALUES (1);\nSAVEPOINT s;\nINSERT INTO a VALUES (2);\n"
       "CALL back();\nINSERT INTO absent VALUES (1);\n"}};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(error_of_up(files).code(), ErrorCode::sql);
    EXPECT_EQ(ask("SELECT COUNT(*) FROM a"), "0");
  }
}

TEST_F(MysqlCommitsTest, AScriptThatGoesBackBehindAnIntentGoesOn) {
  ask("CREATE TABLE a (x INT); CREATE PROCEDURE p() INSERT INTO a VALUES (2)");
  runner({{"1_a.sql",
           "-- +goose Up\nINSERT INTO a VALUES (1);\nSAVEPOINT s;\nCALL p();\nROLLBACK TO s;\n"
           "INSERT INTO a VALUES (3);\nCREATE TABLE b (x INT);\n"}})
      .up();
  EXPECT_EQ(ask("SELECT GROUP_CONCAT(x ORDER BY x) FROM a"), "1,3");
}

// What stands before the savepoint is committed, but not the intent, which was taken back.
TEST_F(MysqlCommitsTest, AProcedureThatGoesBackAndThenCommitsIsNotTakenForARollback) {
  ask("CREATE TABLE a (x INT); CREATE PROCEDURE p() BEGIN ROLLBACK TO s; INSERT INTO a VALUES (3); "
      "COMMIT; END; ");
  runner({{"1_a.sql",
           "-- +goose Up\nINSERT INTO a VALUES (1);\nSAVEPOINT s;\nINSERT INTO a VALUES (2);\n"
           "CALL p();\nINSERT INTO a VALUES (4);\n"}})
      .up();
  EXPECT_EQ(ask("SELECT GROUP_CONCAT(x ORDER BY x) FROM a"), "1,3,4");
}

TEST_F(MysqlCommitsTest, AProcedureThatGoesBackCommitsAndFailsIsAskedAbout) {
  ask("CREATE TABLE a (x INT); CREATE PROCEDURE p() BEGIN ROLLBACK TO s; INSERT INTO a VALUES (3); "
      "COMMIT; INSERT INTO absent VALUES (1); END");
  const std::vector<MemoryFile> files = {
      {"1_a.sql",
       "-- +goose Up\nINSERT INTO a VALUES (1);\nSAVEPOINT s;\nINSERT INTO a VALUES (2);\n"
       "CALL p();\n"}};
  EXPECT_EQ(error_of_up(files).code(), ErrorCode::sql);
  EXPECT_EQ(error_of_up(files).code(), ErrorCode::in_doubt);
  EXPECT_EQ(ask("SELECT GROUP_CONCAT(x ORDER BY x) FROM a"), "1,3");
}

TEST_F(MysqlCommitsTest, AProcedureThatRollsBackIsNotTakenForACommit) {
  ask("CREATE TABLE a (x INT); CREATE PROCEDURE p() BEGIN ROLLBACK; START TRANSACTION; END");
  const std::vector<MemoryFile> files = {
      {"1_a.sql", "-- +goose Up\nINSERT INTO a VALUES (1);\nSAVEPOINT s;\nCALL p();\n"}};
  for (int i = 0; i < 2; ++i) {
    const Error error = error_of_up(files);
    EXPECT_EQ(error.code(), ErrorCode::sql);
    EXPECT_THAT(error.what(), HasSubstr("has rolled the migration's transaction back"));
    EXPECT_EQ(ask("SELECT COUNT(*) FROM a"), "0");
  }
}

TEST_F(MysqlCommitsTest, ARunLockGivenAwayByWhatCommitsAndFailsHidesNoError) {
  ask("CREATE TABLE a (x INT); CREATE PROCEDURE p() BEGIN DO RELEASE_ALL_LOCKS(); INSERT INTO a "
      "VALUES (1); COMMIT; INSERT INTO absent VALUES (1); END");
  const std::vector<MemoryFile> files = {{"1_a.sql", "-- +goose Up\nCALL p();\n"}};
  const Error first = error_of_up(files);
  EXPECT_EQ(first.code(), ErrorCode::sql);
  EXPECT_THAT(first.what(), HasSubstr("absent"));
  EXPECT_EQ(error_of_up(files).code(), ErrorCode::in_doubt);
  EXPECT_EQ(ask("SELECT COUNT(*) FROM a"), "1");
}

TEST_F(MysqlCommitsTest, ARunLockGivenAwayByAFunctionHidesNoError) {
  int calls = 0;
  const Error error = error_of_function([&](Connection& db) {
    ++calls;
    db.execute("CREATE TABLE a (x INT)");
    db.execute("DO RELEASE_ALL_LOCKS()");
    throw std::runtime_error("no more");
  });
  EXPECT_EQ(error.code(), ErrorCode::sql);
  EXPECT_THAT(error.what(), HasSubstr("no more"));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace gander
