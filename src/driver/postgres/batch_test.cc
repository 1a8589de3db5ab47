// SPDX-License-Identifier: MIT
#include "src/driver/postgres/batch.h"

#include <gtest/gtest.h>

#include "src/driver/postgres/message_shape.h"

namespace gander::driver::postgres {

namespace {

sql::Statement statement(std::string_view text, std::int64_t number, const sql::Anchor& anchor) {
  sql::Statement made;
  made.text = text;
  made.number = number;
  made.anchors = {&anchor, 1};
  return made;
}

void add(Batch* batch, std::string_view text, std::int64_t number, std::int64_t line) {
  const sql::Anchor anchor{0, {line, 1}};
  batch->add(statement(text, number, anchor), message_shape(text));
}

TEST(BatchTest, LocatesByPosition) {
  Batch batch;
  batch.add("BEGIN");
  add(&batch, "SELECT 'é'", 1, 10);
  add(&batch, "SELECT x", 2, 20);
  const std::size_t byte = batch.text().find("x");
  // One character of two bytes stands before it.
  const Error error = batch.locate({}, 0, static_cast<std::int64_t>(byte));
  EXPECT_EQ(error.details().statement, 2);
  EXPECT_EQ(error.details().line, 20);
  EXPECT_EQ(error.details().column, 8);
}

TEST(BatchTest, LocatesByCompletedStatements) {
  Batch batch;
  batch.add("BEGIN; SET x = 1");
  add(&batch, "SELECT 1; SELECT 2", 1, 10);
  add(&batch, "/* nothing */", 2, 15);
  add(&batch, "SELECT 3", 3, 20);
  batch.add("COMMIT");
  EXPECT_EQ(batch.locate({}, 0, 0).details().statement, 0);
  EXPECT_EQ(batch.locate({}, 2, 0).details().statement, 1);
  const Error second = batch.locate({}, 3, 0);
  EXPECT_EQ(second.details().statement, 1);
  EXPECT_EQ(second.details().column, 11);
  EXPECT_EQ(batch.locate({}, 4, 0).details().statement, 3);
  EXPECT_EQ(batch.locate({}, 5, 0).details().statement, 0);
}

TEST(BatchTest, CharactersAreCountedNotBytes) {
  EXPECT_EQ(offset_of_character("abc", 1), 0U);
  EXPECT_EQ(offset_of_character("aéb", 3), 3U);
  EXPECT_EQ(offset_of_character("鵝鴨x", 3), 6U);
  EXPECT_EQ(offset_of_character("ab", 9), 2U);
}

}  // namespace
}  // namespace gander::driver::postgres
