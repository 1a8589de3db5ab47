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
  EXPECT_EQ(file_stamp(path), "");
  directory.write("a.sql", "one");
  const std::string before = file_stamp(path);
  EXPECT_NE(before, "");
  EXPECT_EQ(file_stamp(path), before);
  directory.write("a.sql", "three");
  EXPECT_NE(file_stamp(path), before);
}

TEST(FileStampTest, OfAReplacedFileIsAnother) {
  const testing_support::TempDirectory directory;
  directory.write("a.sql", "one");
  directory.write("b.sql", "two");
  const std::string before = file_stamp(directory.file("a.sql"));
  std::filesystem::rename(directory.file("b.sql"), directory.file("a.sql"));
  EXPECT_NE(file_stamp(directory.file("a.sql")), before);
}

TEST(InputTest, StampOfAFileJustWrittenIsNotTrusted) {
  const testing_support::TempDirectory directory;
  directory.write("a.sql", "one");
  EXPECT_EQ(file_input(directory.file("a.sql"))->stamp(), "");
}

TEST(InputTest, StampOfAnOldFileIsTrusted) {
  const std::string old = "/bin/sh";
  EXPECT_NE(file_stamp(old), "");
  EXPECT_EQ(file_input(old)->stamp(), file_stamp(old));
}

TEST(InputTest, StringHasNoStamp) { EXPECT_EQ(string_input("SELECT 1;")->stamp(), ""); }

TEST(InputTest, DirectoryIsNoInput) {
  const testing_support::TempDirectory directory;
  EXPECT_THROW(file_input(directory.path().string()), Error);
  EXPECT_EQ(file_stamp(directory.path().string()), "");
}

}  // namespace
}  // namespace gander
