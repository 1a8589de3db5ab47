// SPDX-License-Identifier: MIT
#include "src/base/hidden_values.h"

#include <gtest/gtest.h>

namespace gander {
namespace {

std::string hide(std::string_view value, std::string_view text) {
  HiddenValues values;
  values.add(value, "${V}");
  return values.hide(text);
}

TEST(HiddenValuesTest, HidesWhatDatabasesQuote) {
  struct Case {
    const char* value;
    const char* text;
    const char* hidden;
  };
  const Case cases[] = {
      {"S3cr3t-in-env", "Key (token)=(S3cr3t-in-env) already exists.",
       "Key (token)=(${V}) already exists."},
      // A word of it, because the parser has cut it there.
      {"S3cr3t-in-env", "near \"S3cr3t\": syntax error", "near \"${V}\": syntax error"},
      // In another case, because the database has folded a name.
      {"S3cr3t_Table", "relation \"s3cr3t_table\" does not exist",
       "relation \"${V}\" does not exist"},
      // Cut, as in `Failing row contains`.
      {"a-very-long-value-of-a-secret", "(1, a-very-long-va...)", "(1, ${V}...)"},
      {"a-very-long-value-of-a-secret", "(1, ery-long-value-of-a...)", "(1, ${V}...)"},
      // As the literal is read.
      {"O''Brien", "(O'Brien)", "(${V})"},
      {"it''s-a-secret", "(it's-a-secret)", "(${V})"},
      {"back\\\\slash", "(back\\slash)", "(${V})"},
      // As bytea.
      {"hunter2", "(\\x68756e74657232)", "(\\x${V})"},
      {"hunter2", "near \"xhunter2x\"", "near \"x${V}x\""},
      // Two in a row, and one twice.
      {"hunter2", "hunter2hunter2 hunter2", "${V} ${V}"},
      {"app", "schema \"app\" mapped", "schema \"${V}\" mapped"},
      {"7", "value 7 of 77", "value ${V} of 77"},
      {"ünïcödé-secret", "(ünïcödé-s...)", "(${V}...)"},
      {"select null from the table", "null value in column \"x\"", "null value in column \"x\""},
      {"- - - - - - -", "- - - - - - - -", "${V}"},
  };
  for (const Case& c : cases) EXPECT_EQ(hide(c.value, c.text), c.hidden) << c.value;
}

TEST(HiddenValuesTest, LeavesOtherTextsAlone) {
  HiddenValues values;
  EXPECT_TRUE(values.empty());
  EXPECT_EQ(values.hide("a text"), "a text");
  values.add("", "${E}");
  EXPECT_TRUE(values.empty());
  values.add("hunter2", "${V}");
  EXPECT_FALSE(values.empty());
  EXPECT_EQ(values.hide(""), "");
  EXPECT_EQ(values.hide("no such table: hunters"), "no such table: hunters");
}

TEST(HiddenValuesTest, EachValueHasItsName) {
  HiddenValues values;
  values.add("first-secret", "${A}");
  values.add("second-secret", "${B}");
  values.add("first-secret", "${C}");
  EXPECT_EQ(values.hide("first-secret, second-secret"), "${A}, ${B}");
}

}  // namespace
}  // namespace gander
