// SPDX-License-Identifier: MIT
#include "src/base/input.h"

#include <gtest/gtest.h>

#include "gander/error.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

TEST(FileStampTest, ChangesWithTheFile) {
  const testing_support::TempDirectory directory;
  const std::string path = directory.file("a.sql");
  EXPECT_EQ(file_stamp(path), 0);
  directory.write("a.sql", "one");
  const std::int64_t before = file_stamp(path);
  EXPECT_NE(before, 0);
  EXPECT_EQ(file_stamp(path), before);
  directory.write("a.sql", "three");
  EXPECT_NE(file_stamp(path), before);
}

TEST(FileStampTest, OfAReplacedFileIsAnother) {
  const testing_support::TempDirectory directory;
  directory.write("a.sql", "one");
  directory.write("b.sql", "two");
  const std::int64_t before = file_stamp(directory.file("a.sql"));
  std::filesystem::rename(directory.file("b.sql"), directory.file("a.sql"));
  EXPECT_NE(file_stamp(directory.file("a.sql")), before);
}

TEST(FileStampTest, FollowsFromDirectoryToDirectory) {
  const testing_support::TempDirectory directory;
  directory.write("one/a.sql", "one");
  directory.write("two/a.sql", "two");
  FileStamps stamps;
  const std::int64_t one = stamps.of(directory.file("one/a.sql"));
  EXPECT_EQ(stamps.of(directory.file("one/b.sql")), 0);
  EXPECT_NE(stamps.of(directory.file("two/a.sql")), one);
  EXPECT_EQ(stamps.of(directory.file("none/a.sql")), 0);
  EXPECT_EQ(stamps.of(directory.file("one/a.sql")), one);
}

TEST(InputTest, StampOfAFileJustWrittenIsNotTrusted) {
  const testing_support::TempDirectory directory;
  directory.write("a.sql", "one");
  EXPECT_EQ(file_input(directory.file("a.sql"))->stamp(), 0);
}

TEST(InputTest, StampOfAnOldFileIsTrusted) {
  const std::string old = "/bin/sh";
  EXPECT_NE(file_stamp(old), 0);
  EXPECT_EQ(file_input(old)->stamp(), file_stamp(old));
}

TEST(InputTest, StringHasNoStamp) { EXPECT_EQ(string_input("SELECT 1;")->stamp(), 0); }

TEST(InputTest, DirectoryIsNoInput) {
  const testing_support::TempDirectory directory;
  EXPECT_THROW(file_input(directory.path().string()), Error);
  EXPECT_EQ(file_stamp(directory.path().string()), 0);
}

}  // namespace
}  // namespace gander
