// SPDX-License-Identifier: MIT
// The run lock: direct sessions, leases behind a pooler, goose's own lockers, and each against the
// others.
#include "src/driver/postgres/lock.h"

#include <atomic>
#include <thread>

#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/lease.h"
#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing_support::Client;

constexpr const char* kKey = "public.goose_db_version";

class PostgresLockTest : public PostgresTest {
 protected:
  // A lease without a pooler: the row does not know the difference.
  static std::unique_ptr<driver::RunLock> lease(driver::Connection& connection) {
    return driver::postgres::take_lease(dynamic_cast<driver::postgres::Connection&>(connection),
                                        kKey);
  }
  std::string advisory_locks() const {
    return ask(
        "SELECT count(*) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database WHERE "
        "locktype = 'advisory' AND datname = current_database()");
  }
};

TEST_F(PostgresLockTest, SecondRunIsToldWhoHoldsIt) {
  const auto first = connect("application_name=deploy-7");
  const auto second = connect();
  auto held = first->locks()->lock(kKey);
  const Error error = error_of([&] { second->locks()->lock(kKey); });
  EXPECT_EQ(error.code(), ErrorCode::locked);
  EXPECT_TRUE(error.details().retryable);
  EXPECT_THAT(error.details().message, AllOf(HasSubstr("pid "), HasSubstr("deploy-7"),
                                             HasSubstr("postgres"), HasSubstr("since 20")));
  held.reset();
  EXPECT_EQ(advisory_locks(), "0");
  EXPECT_NE(second->locks()->lock(kKey), nullptr);
}

TEST_F(PostgresLockTest, WaiterGetsItWhenTheHolderLeaves) {
  const auto first = connect();
  std::atomic<int> reports{0};
  options_.wait = std::chrono::minutes(5);
  options_.waiting = [&](const LockWaiting& waiting) {
    EXPECT_THAT(std::string(waiting.holder), HasSubstr("pid "));
    ++reports;
  };
  const auto second = connect();
  auto held = first->locks()->lock(kKey);
  std::thread waiter([&] { EXPECT_NE(second->locks()->lock(kKey), nullptr); });
  while (reports < 2) std::this_thread::yield();
  held.reset();
  waiter.join();
}

TEST_F(PostgresLockTest, WaitingIsInterrupted) {
  const auto first = connect();
  CancelToken token;
  options_.cancel = &token;
  options_.wait = std::chrono::minutes(5);
  options_.waiting = [&](const LockWaiting&) { token.cancel(); };
  const auto second = connect();
  const auto held = first->locks()->lock(kKey);
  EXPECT_EQ(error_of([&] { second->locks()->lock(kKey); }).code(), ErrorCode::interrupted);
}

TEST_F(PostgresLockTest, OtherTablesDoNotWait) {
  const auto first = connect();
  const auto second = connect();
  const auto one = first->locks()->lock("tenant_1.goose_db_version");
  const auto two = second->locks()->lock("tenant_2.goose_db_version");
  EXPECT_NE(one, nullptr);
  EXPECT_NE(two, nullptr);
}

TEST_F(PostgresLockTest, GooseWithItsSessionLockerIsKeptOutAndKeepsOut) {
  const auto connection = connect();
  Client goose(url());
  {
    const auto held = connection->locks()->lock(kKey);
    EXPECT_EQ(goose.ask("SELECT pg_try_advisory_lock(4097083626)"), "f");
  }
  EXPECT_EQ(goose.ask("SELECT pg_try_advisory_lock(4097083626)"), "t");
  const Error error = error_of([&] { connection->locks()->lock(kKey); });
  EXPECT_EQ(error.code(), ErrorCode::locked);
  EXPECT_THAT(error.details().message, HasSubstr("test client"));
}

TEST_F(PostgresLockTest, LockOfAnEndedSessionIsFree) {
  auto first = connect();
  const auto second = connect();
  auto held = first->locks()->lock(kKey);
  ask("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE mode = 'ExclusiveLock' AND locktype = "
      "'advisory' AND database = "
      "(SELECT oid FROM pg_database WHERE datname = current_database())");
  options_.wait = std::chrono::minutes(1);
  const auto third = connect();
  EXPECT_NE(third->locks()->lock(kKey), nullptr);
  held.reset();
}

TEST_F(PostgresLockTest, LeaseHasGoosesLayout) {
  const auto connection = connect();
  const auto held = lease(*connection);
  // goose's table locker, v3.27.3: takes the row only if it is unlocked or has run out.
  EXPECT_EQ(ask("INSERT INTO goose_lock (lock_id, locked, locked_at, locked_by, lease_expires_at, "
                "updated_at) VALUES (4097083626, true, now(), 'goose', now() + interval '30 "
                "seconds', now()) ON CONFLICT (lock_id) DO UPDATE SET locked = true WHERE "
                "goose_lock.locked = false OR goose_lock.lease_expires_at < now() RETURNING "
                "locked_by"),
            "");
  EXPECT_EQ(ask("SELECT locked, lease_expires_at > now() + interval '20 seconds' FROM goose_lock"),
            "t|t");
}

TEST_F(PostgresLockTest, LeaseAndDirectRunsKeepEachOtherOut) {
  const auto pooled = connect();
  const auto direct = connect();
  {
    const auto held = lease(*pooled);
    const Error error = error_of([&] { direct->locks()->lock(kKey); });
    EXPECT_EQ(error.code(), ErrorCode::locked);
    EXPECT_THAT(error.details().message, HasSubstr("lease in goose_lock since"));
    EXPECT_EQ(error_of([&] { lease(*direct); }).code(), ErrorCode::locked);
  }
  EXPECT_EQ(advisory_locks(), "0");
  const auto held = direct->locks()->lock(kKey);
  EXPECT_EQ(error_of([&] { lease(*pooled); }).code(), ErrorCode::locked);
}

TEST_F(PostgresLockTest, LeaseIsGivenBack) {
  const auto connection = connect();
  lease(*connection).reset();
  EXPECT_EQ(ask("SELECT locked, locked_by FROM goose_lock"), "f|");
  EXPECT_NE(lease(*connection), nullptr);
}

TEST_F(PostgresLockTest, ExpiredLeaseIsTakenOverAndItsOldOwnerStopped) {
  const auto slow = connect();
  const auto quick = connect();
  auto lost = lease(*slow);
  ask("UPDATE goose_lock SET lease_expires_at = now() - interval '1 second'");
  const auto taken = lease(*quick);
  slow->begin();
  EXPECT_EQ(error_of([&] { lost->fence(); }).code(), ErrorCode::locked);
  slow->rollback();
  quick->begin();
  taken->fence();
  quick->commit();
  lost.reset();
  EXPECT_EQ(ask("SELECT locked FROM goose_lock"), "t") << "the loser gave the winner's lease back";
}

TEST_F(PostgresLockTest, LeaseCannotBeTakenDuringAWorkTransaction) {
  const auto worker = connect();
  const auto other = connect();
  const auto held = lease(*worker);
  worker->begin();
  held->fence();
  worker->run(Unit("CREATE TABLE done (i int)"));
  worker->flush();
  // As if the clock had passed the lease's end: the row itself is what keeps others out.
  EXPECT_EQ(error_of([&] { lease(*other); }).code(), ErrorCode::locked);
  worker->run(Unit("UPDATE goose_lock SET lease_expires_at = now() - interval '1 minute'"));
  worker->commit();
  EXPECT_EQ(ask("SELECT lease_expires_at > now() FROM goose_lock"), "t");
}

TEST_F(PostgresLockTest, HeartbeatKeepsTheLeaseAlive) {
  const auto connection = connect();
  driver::postgres::Lease held(dynamic_cast<driver::postgres::Connection&>(*connection),
                               driver::postgres::LockNames(kKey));
  ASSERT_TRUE(held.try_take());
  ask("UPDATE goose_lock SET lease_expires_at = now() - interval '1 minute'");
  held.start_heartbeat(std::chrono::milliseconds(5));
  while (ask("SELECT lease_expires_at > now() FROM goose_lock") != "t") {
  }
  // A work transaction has the row locked: the heartbeat passes it by and does not wait.
  connection->begin();
  held.fence();
  connection->commit();
  ask("UPDATE goose_lock SET lease_expires_at = now() - interval '1 minute'");
  while (ask("SELECT lease_expires_at > now() FROM goose_lock") != "t") {
  }
}

TEST_F(PostgresLockTest, DirectRunIsFencedOutOfAWorkTransaction) {
  const auto worker = connect();
  const auto held = lease(*worker);
  Client direct(url());
  worker->begin();
  held->fence();
  EXPECT_EQ(
      direct.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = "
                 "'ExclusiveLock' AND database = (SELECT oid FROM pg_database WHERE datname = "
                 "current_database())"),
      "1");
  worker->commit();
}

}  // namespace
}  // namespace gander
