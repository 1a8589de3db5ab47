// SPDX-License-Identifier: MIT
#include "cli/output/time.h"

#include <gtest/gtest.h>

#include "src/types/time.h"

namespace gander::cli {
namespace {

TEST(IsoTime, HasMilliseconds) {
  EXPECT_EQ(iso_time(*parse_time("2026-11-22 11:58:45")), "2026-11-22T11:58:45.000Z");
  EXPECT_EQ(iso_time(*parse_time("2026-11-22 11:58:45.5")), "2026-11-22T11:58:45.500Z");
  EXPECT_EQ(iso_time(*parse_time("2026-11-22 11:58:45.055923")), "2026-11-22T11:58:45.055Z");
  EXPECT_EQ(iso_time(*parse_time("1969-12-31 23:59:59.75")), "1969-12-31T23:59:59.750Z");
}

}  // namespace
}  // namespace gander::cli
