// SPDX-License-Identifier: MIT
// A statement that waits for a lock tells for whom, and the error names them.
#include "tests/mysql/mysql_test.h"

namespace gander {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::MysqlClient;

class MysqlWaitingTest : public MysqlTest {
 protected:
  MysqlWaitingTest() {
    options_.wait = std::chrono::milliseconds(2000);
    options_.waiting = [this](const LockWaiting& waiting) {
      what_ = waiting.what;
      holders_.emplace_back(waiting.holder);
    };
  }
  void expect_blocked(const std::string& theirs, const char* ours) {
    ask("CREATE TABLE busy (x INT PRIMARY KEY); INSERT INTO busy VALUES (1)");
    MysqlClient other(server().socket(), database_);
    other.ask("START TRANSACTION; " + theirs);
    const std::string session = "session " + other.ask("SELECT CONNECTION_ID()");
    const auto connection = connect();
    const Error error = error_of([&] { run(*connection, ours); });
    EXPECT_EQ(error.code(), ErrorCode::locked);
    EXPECT_EQ(error.details().native_code, 1205);
    EXPECT_TRUE(error.details().retryable);
    EXPECT_THAT(error.details().hint, HasSubstr(session));
    EXPECT_THAT(holders_, Contains(HasSubstr(session)));
  }

  WaitingFor what_ = WaitingFor::run;
  std::vector<std::string> holders_;
};

TEST_F(MysqlWaitingTest, AReaderKeepsTheTableFromBeingAltered) {
  expect_blocked("SELECT * FROM busy", "ALTER TABLE busy ADD COLUMN c INT");
  EXPECT_EQ(what_, WaitingFor::table);
}

TEST_F(MysqlWaitingTest, ThePluginOfMariadbTellsTheHolderFromOthers) {
  if (is_oracle()) GTEST_SKIP() << "MariaDB's";
  try {
    ask("INSTALL SONAME 'metadata_lock_info'");
  } catch (const std::exception& error) {
    GTEST_SKIP() << error.what();
  }
  ask("CREATE TABLE other (x INT)");
  MysqlClient bystander(server().socket(), database_);
  bystander.ask("START TRANSACTION; SELECT * FROM other");
  expect_blocked("SELECT * FROM busy", "ALTER TABLE busy ADD COLUMN c INT");
  EXPECT_THAT(holders_, Not(Contains(HasSubstr("perhaps"))));
  ask("UNINSTALL SONAME 'metadata_lock_info'");
}

TEST_F(MysqlWaitingTest, AWriterKeepsTheRow) {
  expect_blocked("UPDATE busy SET x = 2", "UPDATE busy SET x = 3");
  EXPECT_EQ(what_, WaitingFor::transaction);
}

}  // namespace
}  // namespace gander
