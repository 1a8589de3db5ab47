// SPDX-License-Identifier: MIT
#include "src/store/times.h"

#include <gtest/gtest.h>

#include "src/types/time.h"

namespace gander::store {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

Time at(const char* text) { return parse_time(text).value(); }

TEST(TrueTstamp, IsMovedByTheDifferenceOfTheZones) {
  EXPECT_EQ(
      true_tstamp(at("2026-01-31 12:00:00.250"), at("2026-01-31 12:00:00.260"), milliseconds(8)),
      at("2026-01-31 12:00:00.250"));
  EXPECT_EQ(
      true_tstamp(at("2026-02-28 23:30:00.250"), at("2026-03-01 08:30:00.260"), milliseconds(8)),
      at("2026-03-01 08:30:00.250"));
  EXPECT_EQ(
      true_tstamp(at("2026-01-01 03:00:00.250"), at("2025-12-31 21:15:00.260"), milliseconds(8)),
      at("2025-12-31 21:15:00.250"));
  EXPECT_EQ(true_tstamp(at("2026-01-31 12:00:00.250"), at("2026-01-31 23:00:00.250"), hours(2)),
            at("2026-01-31 21:00:00.250"))
      << "what took two hours was recorded at their end";
}

TEST(TrueTstamp, OfARowThatSomebodyElseHasWrittenSinceStays) {
  const Time tstamp = at("2026-01-31 12:00:00.250");
  for (const char* change : {"2026-01-31 12:07:00.000", "2026-01-31 21:07:00.250",
                             "2026-01-20 12:00:00.250", "2026-02-05 12:00:00.250"}) {
    EXPECT_EQ(true_tstamp(tstamp, at(change), milliseconds(8)), tstamp) << change;
  }
}

}  // namespace
}  // namespace gander::store
