// SPDX-License-Identifier: MIT
// What the engine does when the connection is lost: one test for each defect that a campaign found,
// named after it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/gander.h"
#include "src/driver/sqlite/engine.h"
#include "tests/crash/fault_driver.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander::crash {
namespace {

using ::testing::ElementsAre;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

class LostConnectionTest : public ::testing::Test {
 protected:
  MigrationRunner runner(FaultLine* line) {
    auto inner = driver::sqlite::make_driver(driver::sqlite::parse_url(directory_.file("app.db")));
    return MigrationRunner(
        Target(with_faults(std::move(inner), line)),
        in_memory({{"00001_trail.sql",
                    "-- +goose Up\nCREATE TABLE trail (steps TEXT);\n"
                    "INSERT INTO trail VALUES ('');\n"},
                   {"00002_step.sql",
                    "-- +goose Up\nUPDATE trail SET steps = steps || 'up ';\n"
                    "-- +goose Down\nUPDATE trail SET steps = steps || 'down ';\n"}}));
  }

  // The calls that an undisturbed `operation` makes, which is then undone.
  template <typename Operation>
  std::int64_t calls_of(Operation operation) {
    const std::string path = directory_.file("app.db");
    if (std::filesystem::exists(path)) std::filesystem::copy_file(path, path + ".kept");
    FaultLine line;
    {
      MigrationRunner one = runner(&line);
      operation(one);
    }
    std::filesystem::remove(path);
    if (std::filesystem::exists(path + ".kept")) std::filesystem::rename(path + ".kept", path);
    return line.calls();
  }

  TempDirectory directory_;
};

TEST_F(LostConnectionTest, RedoWhoseCommitIsNotAnsweredIsNotDoneTwice) {
  FaultLine none;
  runner(&none).up();
  const std::int64_t calls = calls_of([](MigrationRunner& one) { one.redo(); });
  for (std::int64_t point = 1; point <= calls; ++point) {
    FaultLine line({Fault{point, Action::lose_reply}});
    std::filesystem::copy_file(directory_.file("app.db"), directory_.file("kept"));
    try {
      runner(&line).redo();
      EXPECT_EQ(SqliteFile(directory_.file("app.db")).value("SELECT steps FROM trail"),
                "up down up ")
          << "at call " << point;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::connection) << "at call " << point;
    }
    std::filesystem::rename(directory_.file("kept"), directory_.file("app.db"));
  }
}

TEST_F(LostConnectionTest, GroupWhoseCommitIsNotAnsweredIsReported) {
  const std::int64_t calls = calls_of([](MigrationRunner& one) { one.up(); });
  bool found = false;
  for (std::int64_t point = calls; point > 0 && !found; --point) {
    FaultLine line({Fault{point, Action::lose_reply}});
    std::filesystem::remove(directory_.file("app.db"));
    const Report report = runner(&line).up();
    found = report.migrations.size() == 2 && line.calls() > calls;
    EXPECT_EQ(report.migrations.size(), 2u) << "at call " << point;
  }
  EXPECT_TRUE(found) << "no lost connection was survived";
}

TEST_F(LostConnectionTest, DatabaseThatDoesNotComeBackIsAnErrorAndNoCrash) {
  const std::int64_t calls = calls_of([](MigrationRunner& one) { one.up(); });
  for (std::int64_t point = 1; point <= calls; ++point) {
    std::vector<Fault> faults;
    for (std::int64_t i = point; i < point + 500; ++i) {
      faults.push_back(Fault{i, Action::lose_request});
    }
    FaultLine line(faults);
    std::filesystem::remove(directory_.file("app.db"));
    MigrationRunner one = runner(&line);
    try {
      one.up();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::connection) << "at call " << point;
    }
    FaultLine none;
    EXPECT_EQ(runner(&none).up().version, 2) << "at call " << point;
  }
}

TEST_F(LostConnectionTest, FullDiskIsNotAskedTwice) {
  const std::int64_t calls = calls_of([](MigrationRunner& one) { one.up(); });
  // The last call restores pragmas and swallows what goes wrong.
  for (std::int64_t point = 2; point < calls; ++point) {
    Fault fault{point, Action::fail};
    fault.code = ErrorCode::storage;
    FaultLine line({fault});
    std::filesystem::remove(directory_.file("app.db"));
    try {
      runner(&line).up();
      ADD_FAILURE() << "the run went on after call " << point;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::storage) << "at call " << point;
    }
    EXPECT_LE(line.calls(), point + 3) << "only what ends the transaction may follow";
  }
}

}  // namespace
}  // namespace gander::crash
