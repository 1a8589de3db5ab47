// SPDX-License-Identifier: MIT
// A commit group that the disk has no room for (PRAGMA max_page_count: SQLite's own SQLITE_FULL).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FullDiskTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.file("app.db"); }
  Error fail(const std::vector<MemoryFile>& files, Operation operation) const {
    MigrationRunner runner(open("sqlite:" + path()), in_memory(files));
    try {
      operation == Operation::up ? runner.up() : runner.down_to(0);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing failed";
    return Error(ErrorCode::internal, "");
  }

  testing_support::TempDirectory directory_;
};

const std::string kLimit = "PRAGMA max_page_count = 64;\n";
const std::string kTooMuch = "INSERT INTO a VALUES (zeroblob(1000000));\n";

TEST_F(FullDiskTest, MigrationsOfAGroupThatFitAreKept) {
  const std::vector<MemoryFile> files = {
      {"1_a.sql", "-- +goose Up\n" + kLimit + "CREATE TABLE a (x);\n"},
      {"2_b.sql", "-- +goose Up\nINSERT INTO a VALUES (2);\n"},
      {"3_c.sql", "-- +goose Up\n" + kTooMuch},
      {"4_d.sql", "-- +goose Up\nINSERT INTO a VALUES (4);\n"}};
  const Error error = fail(files, Operation::up);
  EXPECT_EQ(error.code(), ErrorCode::storage);
  EXPECT_EQ(error.details().version, 3);
  EXPECT_THAT(error.details().hint, HasSubstr("make room"));
  ASSERT_NE(error.report(), nullptr);
  EXPECT_EQ(error.report()->migrations.size(), 2U);
  EXPECT_EQ(error.report()->version, 2);
  testing_support::SqliteFile database(path());
  EXPECT_THAT(database.versions(), ElementsAre("0", "1", "2"));
  EXPECT_THAT(database.rows("SELECT x FROM a"), ElementsAre("2"));
}

TEST_F(FullDiskTest, OnTheWayDownToo) {
  const std::vector<MemoryFile> files = {
      {"1_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n-- +goose Down\n" + kTooMuch},
      {"2_b.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 1;\n"},
      {"3_c.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\n" + kLimit}};
  MigrationRunner(open("sqlite:" + path()), in_memory(files)).up();
  const Error error = fail(files, Operation::down);
  EXPECT_EQ(error.code(), ErrorCode::storage);
  EXPECT_EQ(error.details().version, 1);
  EXPECT_THAT(testing_support::SqliteFile(path()).versions(), ElementsAre("0", "1"));
}

}  // namespace
}  // namespace gander
