// SPDX-License-Identifier: MIT
// The run lock: the named one, goose's row beside it, and who holds them.
#include <chrono>
#include <thread>

#include "tests/mysql/mysql_test.h"

namespace gander {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kGooseTable =
    "CREATE TABLE goose_lock (lock_id BIGINT NOT NULL PRIMARY KEY, locked BOOLEAN NOT NULL DEFAULT "
    "0, locked_at DATETIME(6) NULL, locked_by TEXT NULL, lease_expires_at DATETIME(6) NULL, "
    "updated_at DATETIME(6) NULL)";

class MysqlLockTest : public MysqlTest {
 protected:
  MysqlLockTest() {
    options_.wait = milliseconds(1500);
    options_.waiting = [this](const LockWaiting& waiting) {
      holders_.emplace_back(waiting.holder);
    };
  }
  std::string key() const { return database_ + ".goose_db_version"; }
  bool is_free() {
    const auto connection = connect();
    try {
      return connection->locks()->lock(key()) != nullptr;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::locked) << error.what();
      return false;
    }
  }

  std::vector<std::string> holders_;
};

TEST_F(MysqlLockTest, OneSessionHoldsItAndTheOthersAreToldWho) {
  const auto one = connect();
  const auto two = connect();
  {
    const auto lock = one->locks()->lock(key());
    EXPECT_TRUE(lock->fence());
    const Error error = error_of([&] { two->locks()->lock(key()); });
    EXPECT_EQ(error.code(), ErrorCode::locked);
    EXPECT_THAT(error.details().message, HasSubstr("root@localhost"));
    EXPECT_FALSE(holders_.empty());
    EXPECT_THAT(two->locks()->lock_holders(key()), SizeIs(1));
    EXPECT_THAT(one->locks()->lock_holders(key()), IsEmpty());
    // Another database's is another lock.
    two->locks()->lock("other.goose_db_version");
  }
  EXPECT_TRUE(is_free());
}

TEST_F(MysqlLockTest, OneThatAMigrationGaveAwayIsTakenAgainOrMissed) {
  const auto one = connect();
  const auto two = connect();
  const auto lock = one->locks()->lock(key());
  run(*one, "DO RELEASE_ALL_LOCKS()");
  EXPECT_FALSE(lock->fence());
  EXPECT_TRUE(lock->fence());
  EXPECT_FALSE(is_free());
  run(*one, "DO RELEASE_ALL_LOCKS()");
  const auto theirs = two->locks()->lock(key());
  const Error error = error_of([&] { lock->fence(); });
  EXPECT_EQ(error.code(), ErrorCode::locked);
  EXPECT_THAT(error.details().message, HasSubstr("RELEASE_ALL_LOCKS"));
}

TEST_F(MysqlLockTest, LockOfAnEndedSessionIsFree) {
  auto one = connect();
  auto lock = one->locks()->lock(key());
  const auto two = connect();
  const std::vector<LockHolder> holders = two->locks()->lock_holders(key());
  ASSERT_THAT(holders, SizeIs(1));
  two->locks()->release_lock(key(), holders[0]);
  bool free = false;
  for (int i = 0; i < 50 && !free; ++i) free = is_free();
  EXPECT_TRUE(free);
  EXPECT_EQ(error_of([&] { one->begin(); }).code(), ErrorCode::connection);
}

TEST_F(MysqlLockTest, GoosesRowKeepsUsOutUntilItRunsOut) {
  ask(std::string(kGooseTable) +
      "; INSERT INTO goose_lock VALUES (4097083626, 1, NOW(6), 'somebody', NOW(6) + INTERVAL 1 "
      "HOUR, NOW(6))");
  const auto one = connect();
  const Error error = error_of([&] { one->locks()->lock(key()); });
  EXPECT_EQ(error.code(), ErrorCode::locked);
  EXPECT_THAT(error.details().message, HasSubstr("somebody"));
  const std::vector<LockHolder> holders = one->locks()->lock_holders(key());
  ASSERT_THAT(holders, SizeIs(1));
  EXPECT_EQ(holders[0].kind, LockHolder::Kind::lease);
  EXPECT_FALSE(holders[0].expired);
  ask("UPDATE goose_lock SET lease_expires_at = NOW(6) - INTERVAL 1 MINUTE");
  EXPECT_TRUE(one->locks()->lock_holders(key()).at(0).expired);
  const auto lock = one->locks()->lock(key());
  EXPECT_TRUE(lock->fence());
}

TEST_F(MysqlLockTest, GoosesRowIsHeldWhileWeRunWhateverTheSessionIsSetTo) {
  ask(kGooseTable);
  const std::string live =
      "SELECT locked AND lease_expires_at > NOW(6) + INTERVAL 20 SECOND AND lease_expires_at < "
      "NOW(6) + INTERVAL 40 SECOND FROM goose_lock";
  {
    const auto one = connect();
    const auto lock = one->locks()->lock(key());
    EXPECT_EQ(ask(live), "1");
    const std::string first = ask("SELECT lease_expires_at FROM goose_lock");
    run(*one, "SET time_zone = '+09:00'");
    run(*one, "SET timestamp = 1");
    // goose's heartbeat of five seconds.
    std::this_thread::sleep_for(milliseconds(5500));
    EXPECT_GT(ask("SELECT lease_expires_at FROM goose_lock"), first);
    EXPECT_EQ(ask(live), "1");
    EXPECT_TRUE(lock->fence());
    ask("CREATE TABLE t (x INT)");
    run(*one, "LOCK TABLES t WRITE");
  }
  EXPECT_EQ(ask("SELECT locked FROM goose_lock"), "0");
}

TEST_F(MysqlLockTest, ALeaseThatAKilledRunHasLeftKeepsNobodyWaiting) {
  ask(kGooseTable);
  const auto one = connect();
  one->locks()->lock(key());
  const auto leave = [&](const std::string& owner) {
    ask("UPDATE goose_lock SET locked = 1, locked_by = '" + owner +
        "', lease_expires_at = NOW(6) + INTERVAL 1 MINUTE");
  };
  std::string owner;
  {
    const auto lock = one->locks()->lock(key());
    owner = ask("SELECT locked_by FROM goose_lock");
  }
  leave(owner);
  EXPECT_TRUE(is_free());
  // Another version table's run may be alive.
  leave(owner + "0");
  EXPECT_FALSE(is_free());
}

TEST_F(MysqlLockTest, ALeaseThatSomebodyElseHasTakenStopsTheRun) {
  ask(kGooseTable);
  const auto one = connect();
  const auto lock = one->locks()->lock(key());
  ask("UPDATE goose_lock SET locked_by = 'somebody'");
  std::this_thread::sleep_for(milliseconds(5500));
  EXPECT_EQ(error_of([&] { lock->fence(); }).code(), ErrorCode::locked);
  EXPECT_EQ(ask("SELECT locked_by FROM goose_lock"), "somebody");
}

}  // namespace
}  // namespace gander
