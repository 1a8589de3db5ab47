// SPDX-License-Identifier: MIT
#include "cli/duration.h"

#include <gtest/gtest.h>

namespace gander::cli {
namespace {

std::int64_t milliseconds(std::string_view text) {
  const auto duration = parse_duration(text);
  return duration ? duration->count() : -1;
}

TEST(Duration, IsReadAsGoReadsIt) {
  EXPECT_EQ(milliseconds("0"), 0);
  EXPECT_EQ(milliseconds("0s"), 0);
  EXPECT_EQ(milliseconds("500ms"), 500);
  EXPECT_EQ(milliseconds("2s"), 2000);
  EXPECT_EQ(milliseconds("1m"), 60000);
  EXPECT_EQ(milliseconds("1h13m"), 4380000);
  EXPECT_EQ(milliseconds("1m2.5s"), 62500);
  EXPECT_EQ(milliseconds("1.1s"), 1100);
  EXPECT_EQ(milliseconds(".5s"), 500);
  EXPECT_EQ(milliseconds("2000us"), 2);
  EXPECT_EQ(milliseconds("2000\xC2\xB5s"), 2);
}

TEST(Duration, IsNeverRoundedDownToNone) {
  EXPECT_EQ(milliseconds("1ns"), 1);
  EXPECT_EQ(milliseconds("1500us"), 2);
}

TEST(Duration, NeedsAUnit) {
  for (const char* text : {"", "5", "5x", "s", "-1s", "+1s", "1s2", "1 s", "1e3s", "nan", "infs",
                           "99999999999h", ".", "1..2s"}) {
    EXPECT_EQ(milliseconds(text), -1) << text;
  }
}

}  // namespace
}  // namespace gander::cli
