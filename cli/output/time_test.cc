// SPDX-License-Identifier: MIT
#include "cli/output/time.h"

#include <gtest/gtest.h>

namespace gander::cli {
namespace {

TEST(Time, IsShownToTheSecond) {
  EXPECT_EQ(time_text("2026-11-22 11:58:45"), "2026-11-22 11:58:45");
  EXPECT_EQ(time_text("2026-11-22 11:58:45.555"), "2026-11-22 11:58:45");
  EXPECT_EQ(time_text(""), "");
}

TEST(Time, IsIso8601ForPrograms) {
  EXPECT_EQ(iso_time("2026-11-22 11:58:45"), "2026-11-22T11:58:45.000Z");
  EXPECT_EQ(iso_time("2026-11-22 11:58:45.5"), "2026-11-22T11:58:45.500Z");
  EXPECT_EQ(iso_time("2026-11-22 11:58:45.555123"), "2026-11-22T11:58:45.555Z");
}

TEST(Time, ThatIsNoneIsShownAsItIsAndToldToNoProgram) {
  EXPECT_EQ(time_text("yester\x1b"
                      "day"),
            "yester?day");
  for (const char* text : {"", "yesterday", "1700000000", "2026-11-22", "22.11.2026 11:58:45",
                           "2026-11-22 11:58:45+01", "2026-11-22 11:58:45.", "infinity"}) {
    EXPECT_EQ(iso_time(text), "") << text;
  }
}

}  // namespace
}  // namespace gander::cli
