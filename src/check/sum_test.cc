// SPDX-License-Identifier: MIT
#include "gander/sum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/gander.h"

namespace gander {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Source two(const std::string& second = "-- +goose Up\nSELECT 2;\n") {
  return in_memory({{"2_b.sql", second}, {"1_a.sql", "-- +goose Up\nSELECT 1;\n"}});
}

TEST(SumTest, TextFormIsReadBack) {
  const Sum sum = sum_of(two());
  EXPECT_THAT(sum.text(), HasSubstr("gander-sum 1 " + sum.digest + "\n"));
  EXPECT_THAT(sum.text(), HasSubstr("  1_a.sql\n"));
  const Sum again = parse_sum(sum.text(), "gander.sum");
  EXPECT_EQ(again.digest, sum.digest);
  EXPECT_EQ(again.entries, sum.entries);
  EXPECT_THAT(compare_sums(again, sum), IsEmpty());
}

TEST(SumTest, LineEndsDoNotMatter) {
  EXPECT_EQ(sum_of(two("-- +goose Up\r\nSELECT 2;\r\n")).digest, sum_of(two()).digest);
}

TEST(SumTest, NameWithALineBreakCannotPassForTwoFiles) {
  const Sum sum = sum_of(two());
  const std::string name = "1_a.sql\n" + sum.entries[1].checksum + "  2_b.sql";
  try {
    (void)sum_of(in_memory({{name, "-- +goose Up\nSELECT 1;\n"}}));
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
    EXPECT_THAT(error.what(), HasSubstr("line break"));
  }
}

TEST(SumTest, EveryDifferenceIsNamed) {
  const Sum recorded = sum_of(two());
  const Sum now = sum_of(in_memory(
      {{"2_b.sql", "-- +goose Up\nSELECT 3;\n"}, {"3_c.sql", "-- +goose Up\nSELECT 3;\n"}}));
  EXPECT_THAT(compare_sums(recorded, now),
              ElementsAre("2_b.sql has changed", "3_c.sql is new", "1_a.sql is gone"));
}

// A cut at the end of a statement is a valid, shorter migration: only the sum can notice it.
TEST(SumTest, NoticesAFileCutAtAnyByte) {
  const std::string whole = "-- +goose Up\nCREATE TABLE a (x);\nCREATE TABLE b (x);\n";
  const Sum recorded = sum_of(two(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(compare_sums(recorded, sum_of(two(whole.substr(0, size)))),
                ElementsAre("2_b.sql has changed"))
        << size;
  }
}

TEST(SumTest, DamagedTextIsRefusedWithItsLine) {
  const std::string good = sum_of(two()).text();
  const struct {
    std::string text;
    std::int64_t line;
  } cases[] = {
      {"", 1},
      {"hello\n", 1},
      {good.substr(0, good.size() - 80), 1},
      {good.substr(0, 78 + 1), 2},
      {good + "\n", 4},
      {good + std::string(64, '0') + "  1_a.sql\n", 4},  // found by fuzzing
      {good + std::string(64, '0') + "  3_c\r\r\n", 4},  // found by fuzzing
      {good.substr(0, good.find("1_a")) + "9" + good.substr(good.find("1_a") + 1), 1},
  };
  for (const auto& c : cases) {
    try {
      (void)parse_sum(c.text, "gander.sum");
      ADD_FAILURE() << "accepted: " << c.text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
      EXPECT_EQ(error.details().line, c.line) << c.text;
    }
  }
}

TEST(SumTest, PinnedRunRefusesAnotherSet) {
  Options options;
  options.expect_sum = sum_of(two()).digest;
  MigrationRunner pinned(open("sqlite::memory:"), two(), options);
  EXPECT_EQ(pinned.up().version, 2);
  MigrationRunner changed(open("sqlite::memory:"), two("-- +goose Up\nSELECT 4;\n"), options);
  try {
    changed.up();
    FAIL() << "applied";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::edited);
    EXPECT_THAT(error.what(), HasSubstr(options.expect_sum));
  }
  EXPECT_EQ(changed.version(), 0);
}

}  // namespace
}  // namespace gander
