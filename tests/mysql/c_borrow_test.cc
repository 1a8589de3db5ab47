// SPDX-License-Identifier: MIT
// gander/c.h on a MYSQL of the application.
#include "gander/c.h"
#include "tests/mysql/mysql_test.h"

namespace gander {
namespace {

using MysqlCBorrowTest = MysqlTest;

TEST_F(MysqlCBorrowTest, AConnectionOfTheApplicationIsMigratedAndStaysOpen) {
  const std::string text = "-- +goose Up\nCREATE TABLE birds (name TEXT);\n";
  const gander_file file = {"00001_birds.sql", text.data(), text.size()};
  gander_source* source = nullptr;
  ASSERT_EQ(gander_source_files(&file, 1, &source, nullptr), GANDER_OK);
  testing_support::MysqlClient client(server().socket(), database_);
  gander_runner* runner = nullptr;
  ASSERT_EQ(gander_runner_borrow_mysql(client.handle(), source, nullptr, &runner, nullptr),
            GANDER_OK);
  gander_source_free(source);
  EXPECT_EQ(gander_runner_up(runner, nullptr, nullptr), GANDER_OK);
  gander_runner_free(runner);
  EXPECT_EQ(client.ask("SELECT COUNT(*) FROM birds"), "0");
}

}  // namespace
}  // namespace gander
