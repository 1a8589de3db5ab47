// SPDX-License-Identifier: MIT
// A version row that is not written, or not there any more, is never reported as applied.
// (PostgreSQL: tests/postgres/pipeline_test.cc.)
#include <gtest/gtest.h>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using testing_support::SqliteFile;
using testing_support::TempDirectory;

class RecordTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.file("app.db"); }

  Error failure_of(const std::vector<MemoryFile>& files, Options options,
                   void (*operation)(MigrationRunner&)) const {
    try {
      MigrationRunner runner{open("sqlite:" + path()), in_memory(files), std::move(options)};
      operation(runner);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "it was reported as done";
    return Error(ErrorCode::internal, "nothing was thrown");
  }

  std::string versions() const {
    return SqliteFile(path()).value(
        "SELECT group_concat(version_id, ' ') FROM (SELECT version_id FROM goose_db_version ORDER "
        "BY id)");
  }

  TempDirectory directory_;
};

void up(MigrationRunner& runner) { runner.up(); }
void down(MigrationRunner& runner) { runner.down(); }

MemoryFile file(int version, const std::string& text, bool transaction = true) {
  return {"0000" + std::to_string(version) + "_file.sql",
          (transaction ? "" : "-- +goose NO TRANSACTION\n") + std::string("-- +goose Up\n") + text +
              "\n-- +goose Down\nSELECT 1;\n"};
}

TEST_F(RecordTest, KeptOutByATrigger) {
  for (const Commit commit : {Commit::automatic, Commit::each}) {
    for (const bool transaction : {true, false}) {
      std::filesystem::remove(path());
      const Options options{.commit = commit};
      MigrationRunner{open("sqlite:" + path()), in_memory({file(1, "CREATE TABLE a (x);")})}.up();
      SqliteFile(path()).run(
          "CREATE TRIGGER i BEFORE INSERT ON goose_db_version BEGIN SELECT raise(IGNORE); END;"
          "CREATE TRIGGER d BEFORE DELETE ON goose_db_version BEGIN SELECT raise(IGNORE); END;");
      const std::vector<MemoryFile> files = {file(1, "CREATE TABLE a (x);"),
                                             file(2, "CREATE TABLE b (x);", transaction),
                                             file(3, "CREATE TABLE c (x);")};
      EXPECT_EQ(failure_of(files, options, up).details().version, 2);
      EXPECT_EQ(versions(), "0 1");
      if (!transaction) continue;  // half way now
      EXPECT_EQ(failure_of(files, options, down).details().version, 1);
      EXPECT_EQ(versions(), "0 1");
      EXPECT_EQ(SqliteFile(path()).value("SELECT count(*) FROM sqlite_master WHERE name = 'b'"),
                "0");
    }
  }
}

TEST_F(RecordTest, MigrationEmptiesOrDropsTheVersionTable) {
  for (const char* damage : {"DELETE FROM goose_db_version;", "DROP TABLE goose_db_version;"}) {
    for (const Commit commit : {Commit::automatic, Commit::each}) {
      std::filesystem::remove(path());
      const std::vector<MemoryFile> files = {file(1, "CREATE TABLE a (x);"), file(2, damage),
                                             file(3, "CREATE TABLE c (x);")};
      EXPECT_EQ(failure_of(files, {.commit = commit}, up).details().version, 2) << damage;
      EXPECT_EQ(versions(), "0 1") << damage;
    }
  }
}

}  // namespace
}  // namespace gander
