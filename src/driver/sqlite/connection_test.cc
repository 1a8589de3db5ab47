// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"

namespace gander::driver::sqlite {
namespace {

using ::testing::ElementsAre;

class SqliteConnectionTest : public ::testing::Test {
 protected:
  std::unique_ptr<Connection> connect() const {
    return std::make_unique<Connection>(parse_url(directory_.file("app.db")), SessionOptions{});
  }

  testing_support::TempDirectory directory_;
};

TEST_F(SqliteConnectionTest, TableMadeByAnotherConnectionIsSeen) {
  const std::unique_ptr<Connection> one = connect();
  const std::unique_ptr<Connection> two = connect();
  const std::vector<TableName> names = {TableName::parse("birds")};
  EXPECT_THAT(one->tables_exist(names), ElementsAre(false));
  two->execute("CREATE TABLE birds (id INTEGER)");
  EXPECT_THAT(one->tables_exist(names), ElementsAre(true));
  two->execute("DROP TABLE birds");
  EXPECT_THAT(one->tables_exist(names), ElementsAre(false));
}

TEST_F(SqliteConnectionTest, ASchemaThatIsNotThereIsNamed) {
  const std::unique_ptr<Connection> connection = connect();
  EXPECT_THAT(connection->tables_exist({TableName::parse("temp.birds")}), ElementsAre(false));
  EXPECT_THAT(connection->tables_exist({TableName::parse("MAIN.birds")}), ElementsAre(false));
  try {
    connection->tables_exist({TableName::parse("nowhere.birds")});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.details().message.c_str(), "unknown database nowhere");
  }
}

}  // namespace
}  // namespace gander::driver::sqlite
