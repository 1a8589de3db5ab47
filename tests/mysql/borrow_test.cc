// SPDX-License-Identifier: MIT
// gander::borrow(MYSQL*): a connection of the application's.
#include "tests/mysql/mysql_test.h"

namespace gander {
namespace {

TEST_F(MysqlTest, ABorrowedConnectionRunsAndStaysOpen) {
  testing_support::MysqlClient client(server().socket(), database_);
  client.ask("SET @mine = 7; CREATE TEMPORARY TABLE kept (x INT)");
  MigrationRunner runner(
      borrow(client.handle()),
      in_memory(
          {{"00001_a.sql", "-- +goose Up\nCREATE TABLE a (x INT);\nINSERT INTO a VALUES (1);\n"}}));
  EXPECT_EQ(runner.up().migrations.size(), 1U);
  EXPECT_EQ(client.ask("SELECT @mine, x FROM a"), "7|1");
  EXPECT_EQ(client.ask("SELECT COUNT(*) FROM kept"), "0");
  EXPECT_EQ(client.ask("SELECT COUNT(*) FROM goose_db_version"), "2");
  EXPECT_EQ(runner.up().migrations.size(), 0U);
}

TEST_F(MysqlTest, ABorrowedConnectionInATransactionIsRefused) {
  testing_support::MysqlClient client(server().socket(), database_);
  client.ask("START TRANSACTION");
  MigrationRunner runner(borrow(client.handle()),
                         in_memory({{"00001_a.sql", "-- +goose Up\nSELECT 1;\n"}}));
  EXPECT_EQ(error_of([&] { runner.up(); }).code(), ErrorCode::usage);
  EXPECT_EQ(error_of([] { (void)borrow(static_cast<st_mysql*>(nullptr)); }).code(),
            ErrorCode::usage);
}

}  // namespace
}  // namespace gander
