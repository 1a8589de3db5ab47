// SPDX-License-Identifier: MIT
#include "src/source/file_name.h"

#include <gtest/gtest.h>

#include "gander/error.h"

namespace gander::source {
namespace {

TEST(FileNameTest, VersionIsTheNumberBeforeTheFirstUnderscore) {
  const struct {
    const char* name;
    std::int64_t version;
  } cases[] = {
      {"1_a.sql", 1},
      {"00001_init.sql", 1},
      {"+1_x.sql", 1},
      {"20240102030405_add_users_table.sql", 20240102030405},
      {"9223372036854775807_last.sql", 9223372036854775807},
      {"9223372036854775808_too_big.sql", 0},
      {"0_zero.sql", 0},
      {"-1_negative.sql", 0},
      {"init.sql", 0},
      {"_x.sql", 0},
      {"1a_x.sql", 0},
      {"+-1_x.sql", 0},
      {" 1_x.sql", 0},
  };
  for (const auto& c : cases) {
    const FileName parsed = parse_file_name(c.name);
    EXPECT_EQ(parsed.version, c.version) << c.name;
    EXPECT_EQ(parsed.defect.empty(), c.version > 0) << c.name;
  }
}

TEST(FileNameTest, ErrorNamesTheFileAndWhatToDo) {
  try {
    version_of("schema.sql", "db/schema.sql");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
    EXPECT_EQ(error.details().file, "db/schema.sql");
    EXPECT_NE(error.details().message.find("no filename separator '_' found"), std::string::npos);
    EXPECT_FALSE(error.details().hint.empty());
  }
}

}  // namespace
}  // namespace gander::source
