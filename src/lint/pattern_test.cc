// SPDX-License-Identifier: MIT
#include "src/lint/pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/error.h"
#include "src/driver/engine.h"
#include "src/sql/grammar.h"

namespace gander::linting {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::size_t> find(std::string_view pattern, std::string_view text) {
  const sql::LexicalRules& rules = driver::engine_named("sqlite")->dialect().grammar().lexical;
  return Pattern(rules, pattern).find(sql::tokens_of(rules, text));
}

TEST(PatternTest, WordsMatchInAnyCaseAndCommentsDoNotCount) {
  EXPECT_THAT(find("drop table", "/* why */ DROP -- so\n Table a"), ElementsAre(10U));
  EXPECT_THAT(find("drop table", "SELECT 'drop table'"), IsEmpty());
  EXPECT_THAT(find("drop table", "CREATE VIEW v AS SELECT 1 -- drop table"), IsEmpty());
}

TEST(PatternTest, AStarIsOneAndDotsAreAnyNumber) {
  EXPECT_THAT(find("create table * (id", "CREATE TABLE bird(id INTEGER)"), ElementsAre(0U));
  EXPECT_THAT(find("create table * (id", "CREATE TABLE IF NOT EXISTS bird (id)"), IsEmpty());
  EXPECT_THAT(find("create table ... serial|bigserial", "CREATE TABLE a (id BigSerial)"),
              ElementsAre(0U));
  EXPECT_THAT(find("create table ... serial|bigserial", "CREATE TABLE serial_a (id)"), IsEmpty());
  EXPECT_THAT(find("insert ... 'Ann'", "INSERT INTO a VALUES ('ann')"), IsEmpty());
}

TEST(PatternTest, EachStatementOfAListIsHeldAgainstIt) {
  EXPECT_THAT(find("delete from *", "SELECT 1; DELETE FROM a; DELETE FROM b WHERE x"),
              ElementsAre(10U, 25U));
}

TEST(PatternTest, OneThatFitsEverythingIsRefused) {
  for (const char* pattern : {"", "-- a", "... serial"}) {
    EXPECT_THROW(find(pattern, "x"), Error) << pattern;
  }
}

}  // namespace
}  // namespace gander::linting
