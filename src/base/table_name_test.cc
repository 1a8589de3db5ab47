// SPDX-License-Identifier: MIT
#include "src/base/table_name.h"

#include <gtest/gtest.h>

#include "gander/error.h"

namespace gander {
namespace {

TEST(TableNameTest, TakesTheNameApart) {
  const struct {
    const char* text;
    const char* schema;
    const char* table;
    bool table_quoted;
  } cases[] = {
      {"goose_db_version", "", "goose_db_version", false},
      {"app.versions", "app", "versions", false},
      {"\"My Table\"", "", "My Table", true},
      {"\"a.b\".\"c\"\"d\"", "a.b", "c\"d", true},
      {"app.\"T\"", "app", "T", true},
      {"x; DROP TABLE y", "", "x; DROP TABLE y", false},
  };
  for (const auto& c : cases) {
    const TableName name = TableName::parse(c.text);
    EXPECT_EQ(name.schema, c.schema) << c.text;
    EXPECT_EQ(name.table, c.table) << c.text;
    EXPECT_EQ(name.table_quoted, c.table_quoted) << c.text;
  }
}

TEST(TableNameTest, RefusesWhatIsNoName) {
  const std::string too_long(56, 'x');
  for (const std::string& text :
       {std::string(), std::string("."), std::string("a."), std::string(".a"), std::string("a.b.c"),
        std::string("\"open"), std::string("\"a\"b"), std::string("a\nb"), too_long}) {
    EXPECT_THROW(TableName::parse(text), Error) << text;
  }
}

TEST(TableNameTest, SideTableStaysInTheSchema) {
  const TableName side = TableName::parse("app.versions").side_table("_history");
  EXPECT_EQ(side.schema, "app");
  EXPECT_EQ(side.table, "versions_history");
}

}  // namespace
}  // namespace gander
