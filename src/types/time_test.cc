// SPDX-License-Identifier: MIT
#include "src/types/time.h"

#include <gtest/gtest.h>

namespace gander {
namespace {

TEST(Time, IsReadToTheMicrosecond) {
  const std::optional<Time> time = parse_time("2026-11-22 11:58:45.5");
  ASSERT_TRUE(time);
  EXPECT_EQ(time->time_since_epoch().count(), 1795348725500000);
  EXPECT_EQ(*parse_time("2026-11-22 11:58:45.1234567") - *parse_time("2026-11-22 11:58:45"),
            std::chrono::microseconds(123456));
  EXPECT_EQ(parse_time("1970-01-01 00:00:00"), Time());
}

TEST(Time, IsShownToTheSecond) {
  for (const char* text : {"2026-11-22 11:58:45", "1969-12-31 23:59:59", "0001-01-01 00:00:00",
                           "2028-02-29 00:00:00"}) {
    EXPECT_EQ(time_text(*parse_time(text)), text);
  }
  EXPECT_EQ(time_text(*parse_time("2026-11-22 11:58:45.999999")), "2026-11-22 11:58:45");
}

TEST(Time, IsNoOtherText) {
  for (const char* text :
       {"", "yesterday", "1700000000", "2026-11-22", "22.11.2026 11:58:45", "infinity",
        "2026-11-22 11:58:45+01", "2026-11-22 11:58:45.", "2026-11-22T11:58:45",
        "2026-02-30 11:58:45", "2026-11-22 24:58:45", "2026-11-22 11:60:45",
        "2026-11-22 11:58:45.5x", "2026-11-22 11:58:45.5000000x", "2026-11-22 11:58:45 BC"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

}  // namespace
}  // namespace gander
