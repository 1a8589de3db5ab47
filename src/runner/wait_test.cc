// SPDX-License-Identifier: MIT
// Waiting for a SQLite database: its file, its lock, and somebody else who migrates it. The limits
// and cancel() end every wait.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

// Calls back when the run waits.
class Listener : public Observer {
 public:
  explicit Listener(std::function<void(const LockWaiting&)> then) : then_(std::move(then)) {}
  void lock_waiting(const LockWaiting& event) override { then_(event); }

 private:
  std::function<void(const LockWaiting&)> then_;
};

class WaitingForSqliteTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.file("app.db"); }
  bool exists() const { return std::filesystem::exists(path()); }

  MigrationRunner runner(Options options = {}) const {
    return MigrationRunner(
        open("sqlite:" + path()),
        in_memory({{"00001_bird.sql", "-- +goose Up\nCREATE TABLE bird (name TEXT);"}}),
        std::move(options));
  }

  template <typename Call>
  static Error error_of(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error(ErrorCode::internal, "");
  }

  TempDirectory directory_;
};

TEST_F(WaitingForSqliteTest, NoFileIsMadeByWaitingForIt) {
  MigrationRunner hasty = runner({.wait = milliseconds(100)});
  const Error error = error_of([&] { (void)hasty.wait_until_reachable(); });
  EXPECT_EQ(error.code(), ErrorCode::connection);
  EXPECT_THAT(error.details().message, AllOf(HasSubstr("app.db"), HasSubstr("(waited 0.1 s")));
  EXPECT_EQ(error_of([&] { (void)hasty.wait_until_migrated(); }).code(), ErrorCode::connection);
  EXPECT_FALSE(exists());
}

TEST_F(WaitingForSqliteTest, FileThatComesLaterIsWaitedFor) {
  Listener listener([this](const LockWaiting& event) {
    EXPECT_EQ(event.what, WaitingFor::server);
    if (!exists()) SqliteFile(path()).run("CREATE TABLE t (i)");
  });
  runner({.observer = &listener}).wait_until_reachable();
  EXPECT_EQ(SqliteFile(path()).value("SELECT group_concat(name) FROM sqlite_master"), "t");
}

TEST_F(WaitingForSqliteTest, FileThatIsNoDatabaseIsToldAtOnce) {
  directory_.write("app.db", std::string(4096, 'x'));
  EXPECT_EQ(error_of([&] { runner().wait_until_reachable(); }).code(), ErrorCode::connection);
}

TEST_F(WaitingForSqliteTest, LockedFileIsWaitedFor) {
  SqliteFile writer(path());
  writer.run("CREATE TABLE t (i); BEGIN EXCLUSIVE");
  EXPECT_EQ(error_of([&] { runner({.wait = milliseconds(100)}).wait_until_reachable(); }).code(),
            ErrorCode::locked);
  Listener listener([&](const LockWaiting&) { writer.run("ROLLBACK"); });
  runner({.observer = &listener}).wait_until_reachable();
}

TEST_F(WaitingForSqliteTest, CancelAndTheTimeLimitEndEveryWait) {
  EXPECT_EQ(error_of([&] { runner({.timeout = milliseconds(100)}).wait_until_reachable(); }).code(),
            ErrorCode::interrupted);
  MigrationRunner* waiting = nullptr;
  Listener listener([&](const LockWaiting&) { waiting->cancel(); });
  MigrationRunner patient = runner({.observer = &listener});
  waiting = &patient;
  EXPECT_EQ(error_of([&] { (void)patient.wait_until_migrated(); }).code(), ErrorCode::interrupted);
  SqliteFile writer(path());
  writer.run("CREATE TABLE t (i); BEGIN EXCLUSIVE");
  EXPECT_EQ(error_of([&] { patient.up(); }).code(), ErrorCode::interrupted);
  EXPECT_EQ(error_of([&] { runner({.timeout = milliseconds(100)}).up(); }).code(),
            ErrorCode::interrupted);
}

TEST_F(WaitingForSqliteTest, TheTimeLimitEndsALongStatement) {
  const auto run = [&](const char* sql) {
    MigrationRunner limited(open("sqlite:" + path()),
                            in_memory({{"00001_long.sql", std::string("-- +goose Up\n") + sql}}),
                            {.timeout = milliseconds(200)});
    const Error error = error_of([&] { limited.up(); });
    EXPECT_EQ(error.code(), ErrorCode::interrupted) << sql;
    EXPECT_THAT(error.details().message, HasSubstr("time limit")) << sql;
  };
  const std::string endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) ";
  run((endless + "SELECT count(*) FROM n;").c_str());
  run(("CREATE TABLE t (i); " + endless + "INSERT INTO t SELECT i FROM n;").c_str());
}

}  // namespace
}  // namespace gander
