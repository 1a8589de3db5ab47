// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/bare_statement.h"

#include <gtest/gtest.h>

namespace gander::driver::sqlite {
namespace {

TEST(SqliteBareStatementTest, TellsWhatMayBeRepeated) {
  const struct {
    const char* sql;
    bool repeatable;
  } cases[] = {
      {"VACUUM;", true},
      {"vacuum", true},
      {"-- smaller\n/* ; */ VACUUM main; -- done", true},
      {"VACUUM \"INTO\";", true},
      {"PRAGMA journal_mode = WAL;", true},
      {"ATTACH 'into; x' AS b;;", true},
      {"ANALYZE; /* open", true},
      {"VACUUM INTO 'copy.db';", false},
      {"VACUUM main/**/into 'copy.db'", false},
      {"VACUUM; INSERT INTO t VALUES (1);", false},
      {"BEGIN; INSERT INTO t VALUES (1); COMMIT;", false},
      {"PRAGMA foreign_keys = 1; DROP TABLE t;", false},
      {"CREATE TABLE vacuum (x);", false},
      {"VACUUMS", false},
      {"/*", false},
      {"'", false},
      {"", false},
  };
  for (const auto& c : cases) EXPECT_EQ(repeatable(c.sql), c.repeatable) << c.sql;
}

}  // namespace
}  // namespace gander::driver::sqlite
