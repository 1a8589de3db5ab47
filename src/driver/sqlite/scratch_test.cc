// SPDX-License-Identifier: MIT
#include <sqlite3.h>

#include <filesystem>

#include "gander/sqlite.h"
#include "tests/support/scratch_cases.h"
#include "tests/support/temp_directory.h"

namespace gander::driver::sqlite {
namespace {

TEST(SqliteScratchTest, FilesAreBesideTheDatabaseAndGoWithTheirObjects) {
  const testing_support::TempDirectory directory;
  Target given = gander::sqlite(directory.file("app.db"), {.pragmas = {{"journal_mode", "wal"}}});
  testing_support::check_scratches(given.driver(), directory.file("kept.db"));
  EXPECT_TRUE(std::filesystem::is_empty(directory.path())) << "the database itself is not made";
  {
    const auto scratch = given.driver().scratches({})->make();
    EXPECT_THAT(scratch->name(), ::testing::StartsWith(directory.file("app.db-scratch-")));
    const auto to_it = scratch->driver();
    const auto session = to_it->connect({});
    session->execute("CREATE TABLE a (x)");
    EXPECT_TRUE(std::filesystem::exists(scratch->name() + "-wal")) << "the given one's pragmas";
    EXPECT_EQ(std::filesystem::status(scratch->name()).permissions(), std::filesystem::perms(0600));
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(SqliteScratchTest, OfADatabaseInMemoryIsAFileForAWhile) {
  const auto scratch = gander::open("sqlite::memory:").driver().scratches({})->make();
  EXPECT_EQ(std::filesystem::path(scratch->name()).parent_path(),
            std::filesystem::temp_directory_path());
  testing_support::make_table(*scratch);
  EXPECT_EQ(testing_support::count_in(*scratch->driver(), "a"), 1);
}

TEST(SqliteScratchTest, ReadOnlyOneHasScratchDatabasesToo) {
  const testing_support::TempDirectory directory;
  const auto scratch = gander::open("sqlite:" + directory.file("app.db") + "?mode=ro")
                           .driver()
                           .scratches({})
                           ->make();
  testing_support::make_table(*scratch);
}

TEST(SqliteScratchTest, BorrowedHandleHasNone) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &handle), SQLITE_OK);
  EXPECT_EQ(borrow(handle).driver().scratches({}), nullptr);
  sqlite3_close(handle);
}

}  // namespace
}  // namespace gander::driver::sqlite
