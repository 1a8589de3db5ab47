// SPDX-License-Identifier: MIT
// Twenty runners start `up` on one new SQLite file at the same moment, as threads of one process
// and as twenty processes. Each version must be applied exactly once and nobody may fail.
//
// Every migration appends to the row of `trail`, so a statement that ran twice or not at all shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <barrier>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

constexpr int kRunners = 20;

std::vector<MemoryFile> transactional_files() {
  return {{"00001_trail.sql",
           "-- +goose Up\nCREATE TABLE trail (steps TEXT NOT NULL);\n"
           "INSERT INTO trail VALUES ('');\nUPDATE trail SET steps = steps || '1a ';\n"},
          {"00002_more.sql",
           "-- +goose Up\nCREATE TABLE more (id INTEGER PRIMARY KEY);\n"
           "UPDATE trail SET steps = steps || '2a ';\n"},
          {"00003_last.sql", "-- +goose Up\nUPDATE trail SET steps = steps || '3a ';\n"}};
}

std::vector<MemoryFile> stepwise_files() {
  return {{"00001_trail.sql",
           "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE trail (steps TEXT NOT NULL);\n"
           "INSERT INTO trail VALUES ('');\nUPDATE trail SET steps = steps || '1a ';\n"},
          {"00002_more.sql",
           "-- +goose NO TRANSACTION\n-- +goose Up\nUPDATE trail SET steps = steps || '2a ';\n"
           "VACUUM;\nPRAGMA user_version = 7;\nBEGIN;\n"
           "CREATE TABLE more (id INTEGER PRIMARY KEY);\n"
           "COMMIT;\n"},
          {"00003_last.sql", "-- +goose Up\nUPDATE trail SET steps = steps || '3a ';\n"}};
}

struct Case {
  const char* name;
  const char* journal_mode;
  std::vector<MemoryFile> (*files)();
};

class UpAtOnceTest : public ::testing::TestWithParam<Case> {
 protected:
  std::string path() const { return directory_.file("app.db"); }

  // Throws the runner's error.
  void up() const {
    MigrationRunner runner(open("sqlite:" + path() + "?journal_mode=" + GetParam().journal_mode),
                           in_memory(GetParam().files()));
    const Report report = runner.up();
    if (report.version != 3) throw std::runtime_error("stopped before the last version");
  }

  void expect_each_version_once() const {
    SqliteFile database(path());
    EXPECT_THAT(database.versions(), ElementsAre("0", "1", "2", "3"));
    EXPECT_THAT(database.rows("SELECT steps FROM trail"), ElementsAre("1a 2a 3a "));
    EXPECT_THAT(database.rows("SELECT event, version_id FROM goose_db_version_history "
                              "ORDER BY version_id"),
                ElementsAre("applied|1", "applied|2", "applied|3"));
    EXPECT_EQ(database.value("PRAGMA journal_mode"), GetParam().journal_mode);
    EXPECT_EQ(database.value("PRAGMA integrity_check"), "ok");
    if (database.has_table("goose_db_version_journal")) {
      EXPECT_THAT(database.rows("SELECT * FROM goose_db_version_journal"), IsEmpty());
    }
  }

  TempDirectory directory_;
};

TEST_P(UpAtOnceTest, TwentyThreadsApplyEachVersionOnce) {
  std::barrier start(kRunners);
  std::array<std::string, kRunners> failures;
  {
    std::vector<std::jthread> threads;
    for (std::string& failure : failures) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        try {
          up();
        } catch (const std::exception& error) {
          failure = error.what();
        }
      });
    }
  }
  for (const std::string& failure : failures) EXPECT_EQ(failure, "");
  expect_each_version_once();
}

INSTANTIATE_TEST_SUITE_P(
    , UpAtOnceTest,
    ::testing::Values(Case{"TransactionalRollbackJournal", "delete", transactional_files},
                      Case{"TransactionalWal", "wal", transactional_files},
                      Case{"StepwiseRollbackJournal", "delete", stepwise_files},
                      Case{"StepwiseWal", "wal", stepwise_files}),
    [](const ::testing::TestParamInfo<Case>& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace gander
