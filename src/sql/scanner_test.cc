// SPDX-License-Identifier: MIT
#include "src/sql/scanner.h"

#include <gtest/gtest.h>

#include <string>

#include "src/driver/clickhouse/lexical.h"
#include "src/driver/mysql/lexical.h"
#include "src/driver/postgres/lexical.h"
#include "src/driver/sqlite/lexical.h"

namespace gander::sql {
namespace {

// Each token in brackets, behind the first letter of its kind.
std::string tokens(const LexicalRules& rules, std::string_view sql) {
  constexpr std::string_view kKinds = "ewqtns";
  std::string text;
  Scanner scanner(rules, sql);
  for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
    text += kKinds[static_cast<std::size_t>(token.kind)];
    text += "[" + std::string(token.text) + "]";
  }
  return text;
}

TEST(ScannerTest, WhatHoldsInEveryDatabase) {
  const LexicalRules plain;
  EXPECT_EQ(tokens(plain, "a 'it''s' \"b\"\"\" -- c\n/* d */ 1, $e"),
            "w[a]t['it''s']q[\"b\"\"\"]n[1]s[,]s[$]w[e]");
  EXPECT_EQ(tokens(plain, "a '\\' # `b` //c"), "w[a]t['\\']s[#]s[`]w[b]s[`]s[/]s[/]w[c]");
}

TEST(ScannerTest, EachDatabaseHasItsRules) {
  EXPECT_EQ(tokens(driver::sqlite::kLexicalRules, "[a b] `c` 'd\\' e$f /* /* */ g"),
            "q[[a b]]q[`c`]t['d\\']w[e$f]w[g]");
  EXPECT_EQ(tokens(driver::postgres::kLexicalRules,
                   "E'a\\'b'\n'\\'c', 'd\\' $x$ 'e $x$ $1 /* /* */ f */ U&\"g\" [h]"),
            "t[E'a\\'b']t['\\'c']s[,]t['d\\']t[$x$ 'e $x$]s[$]n[1]w[U]s[&]q[\"g\"]s[[]w[h]s[]]");
  EXPECT_EQ(tokens(driver::mysql::kLexicalRules,
                   "'a\\'' \"b\\\"\" `c\\` 5--1 -- d\n# e\n/*!40101 f */ /*!99999 g's */ h"),
            "t['a\\'']t[\"b\\\"\"]q[`c\\`]n[5]s[-]s[-]n[1]w[f]w[h]");
  EXPECT_EQ(tokens(driver::clickhouse::kLexicalRules,
                   "'a\\'' `b\\`` $c_1$ 'd $c_1$ #e\n# f's\n//g's\n/* /* */ h */ i"),
            "t['a\\'']q[`b\\``]t[$c_1$ 'd $c_1$]s[#]w[e]w[i]");
}

TEST(ScannerTest, QuotesAreTakenAway) {
  const auto first = [](const LexicalRules& rules, std::string_view sql) {
    return unquoted(Scanner(rules, sql).next());
  };
  EXPECT_EQ(first(driver::sqlite::kLexicalRules, "\"a \"\"b\"\"\""), "a \"b\"");
  EXPECT_EQ(first(driver::sqlite::kLexicalRules, "[a]"), "a");
  EXPECT_EQ(first(driver::mysql::kLexicalRules, "`a``b`"), "a`b");
  EXPECT_EQ(first(driver::mysql::kLexicalRules, "a"), "a");
}

TEST(ScannerTest, EveryPrefixEnds) {
  const std::string_view sql =
      "SELECT E'a\\'b', $t$ ; $t$, \"q\"\"r\" /* a /* b */ */ -- c\n, 1.5e3 FROM x;";
  for (std::size_t size = 0; size <= sql.size(); ++size) {
    Scanner scanner(driver::postgres::kLexicalRules, sql.substr(0, size));
    std::size_t behind = 0;
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
      ASSERT_GE(token.offset, behind);
      behind = token.offset + token.text.size();
      ASSERT_LE(behind, size);
    }
  }
}

}  // namespace
}  // namespace gander::sql
