// SPDX-License-Identifier: MIT
// Runs that go opposite ways, crossing at every call to the database: whatever the order, the
// applied versions have no gap, and nothing is built upon a migration that is half way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "gander/gander.h"
#include "src/driver/sqlite/engine.h"
#include "tests/crash/fault_driver.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander::crash {
namespace {

using testing_support::SqliteFile;
using testing_support::TempDirectory;
using Operation = std::function<void(MigrationRunner&)>;

constexpr int kVersions = 6;

class CrossedRunsTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.file("app.db"); }

  MigrationRunner runner(FaultLine* line, Commit commit) const {
    Options options;
    options.wait = std::chrono::milliseconds(0);
    options.commit = commit;
    std::vector<MemoryFile> files;
    for (int i = 1; i <= kVersions; ++i) {
      const std::string number = std::to_string(i);
      files.push_back({"0000" + number + "_t.sql", "-- +goose Up\nCREATE TABLE t" + number +
                                                       " (x);\n-- +goose Down\nDROP TABLE t" +
                                                       number + ";\n"});
    }
    return MigrationRunner(
        Target(with_faults(driver::sqlite::make_driver(driver::sqlite::parse_url(path())), line)),
        in_memory(std::move(files)), std::move(options));
  }

  // `first` runs on a database at version 4, and at one of its calls `other` runs as a whole.
  void cross(const Operation& first, const Operation& other) const {
    for (const Commit commit : {Commit::automatic, Commit::each}) {
      std::int64_t calls = 1000;
      int crossed = 0;
      for (std::int64_t point = 1; point <= calls; ++point) {
        std::filesystem::remove(path());
        FaultLine none;
        runner(&none, commit).up_to(4);
        FaultLine line({Fault{point, Action::visit}});
        line.visitor = [&] {
          try {
            MigrationRunner visitor = runner(&none, commit);
            other(visitor);
            ++crossed;
          } catch (const Error& error) {
            EXPECT_TRUE(error.code() == ErrorCode::locked || error.code() == ErrorCode::not_found)
                << error.what();
          }
        };
        try {
          MigrationRunner one = runner(&line, commit);
          first(one);
        } catch (const Error& error) {
          EXPECT_TRUE(error.code() == ErrorCode::locked || error.code() == ErrorCode::not_found)
              << error.what();
        }
        calls = std::min(calls, std::max(line.calls(), point));
        expect_no_gap(point);
      }
      EXPECT_GT(crossed, 3);
    }
  }

  // Versions 1 to some N, each with its table, and `up` brings the rest.
  void expect_no_gap(std::int64_t point) const {
    SqliteFile database(path());
    const std::string count =
        database.value("SELECT count(*) FROM goose_db_version WHERE version_id > 0");
    EXPECT_EQ(database.value("SELECT coalesce(max(version_id), 0) FROM goose_db_version"), count)
        << "at call " << point;
    EXPECT_EQ(database.value("SELECT count(*) FROM sqlite_master WHERE name GLOB 't[0-9]'"), count)
        << "at call " << point;
    FaultLine none;
    EXPECT_EQ(runner(&none, Commit::automatic).up().version, kVersions) << "at call " << point;
  }

  TempDirectory directory_;
};

void up(MigrationRunner& runner) { runner.up(); }
void down(MigrationRunner& runner) { runner.down(); }
void redo(MigrationRunner& runner) { runner.redo(); }
void reset(MigrationRunner& runner) { runner.reset(); }

TEST_F(CrossedRunsTest, UpAndReset) {
  cross(up, reset);
  cross(reset, up);
}

TEST_F(CrossedRunsTest, UpAndDown) {
  cross(up, down);
  cross(down, up);
}

TEST_F(CrossedRunsTest, RedoAndDown) {
  cross(redo, down);
  cross(down, redo);
}

TEST_F(CrossedRunsTest, DownAndDown) { cross(down, down); }

TEST_F(CrossedRunsTest, RedoAndUp) {
  cross(redo, up);
  cross(up, redo);
}

}  // namespace
}  // namespace gander::crash
