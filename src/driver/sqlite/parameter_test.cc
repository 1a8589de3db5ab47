// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/parameter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander::driver::sqlite {
namespace {

TEST(ParameterTest, TheFirstParameterIsFound) {
  EXPECT_EQ(parameter_offset("SELECT ?1"), 7u);
  const std::string_view sql = "SELECT '?''?', \"?\", `:a`, [@b], a$b -- ?\n/* ? */, :name";
  EXPECT_EQ(parameter_offset(sql), sql.find(":name"));
  EXPECT_EQ(parameter_offset("SELECT $x"), 7u);
  EXPECT_EQ(parameter_offset("SELECT @x"), 7u);
  EXPECT_EQ(parameter_offset("SELECT '"), 8u);
  EXPECT_EQ(parameter_offset(""), 0u);
}

TEST(ParameterTest, AMigrationWithAParameterIsRefusedAtItsPlace) {
  const testing_support::TempDirectory directory;
  directory.write("migrations/1_a.sql",
                  "-- +goose Up\nCREATE TABLE a (x, y);\nINSERT INTO a\n  VALUES ('?', :name);\n");
  MigrationRunner runner(open("sqlite:" + directory.file("app.db")),
                         gander::directory(directory.path() / "migrations"));
  try {
    runner.up();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::sql);
    EXPECT_EQ(error.details().message, "missing named argument \"name\"");
    EXPECT_EQ(error.details().line, 4);
    EXPECT_EQ(error.details().column, 16);
  }
  EXPECT_FALSE(testing_support::SqliteFile(directory.file("app.db")).has_table("a"));
}

}  // namespace
}  // namespace gander::driver::sqlite
