// SPDX-License-Identifier: MIT
#include "src/store/times.h"

#include <gtest/gtest.h>

namespace gander::store {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(TrueTstamp, IsMovedByTheDifferenceOfTheZones) {
  EXPECT_EQ(true_tstamp("2026-01-31 12:00:00.250", "2026-01-31 12:00:00.260", milliseconds(8)),
            "2026-01-31 12:00:00.250");
  EXPECT_EQ(true_tstamp("2026-02-28 23:30:00.250", "2026-03-01 08:30:00.260", milliseconds(8)),
            "2026-03-01 08:30:00.250");
  EXPECT_EQ(true_tstamp("2026-01-01 03:00:00.250", "2025-12-31 21:15:00.260", milliseconds(8)),
            "2025-12-31 21:15:00.250");
  EXPECT_EQ(true_tstamp("2026-01-31 12:00:00.250", "2026-01-31 23:00:00.250", hours(2)),
            "2026-01-31 21:00:00.250")
      << "what took two hours was recorded at their end";
}

TEST(TrueTstamp, OfARowThatSomebodyElseHasWrittenSinceStays) {
  const char* tstamp = "2026-01-31 12:00:00.250";
  for (const char* at : {"2026-01-31 12:07:00.000", "2026-01-31 21:07:00.250",
                         "2026-01-20 12:00:00.250", "2026-02-05 12:00:00.250", "", "infinity"}) {
    EXPECT_EQ(true_tstamp(tstamp, at, milliseconds(8)), tstamp) << at;
  }
  EXPECT_EQ(true_tstamp("infinity", tstamp, milliseconds(8)), "infinity");
  EXPECT_EQ(true_tstamp("2026-02-31 12:00:00.250", tstamp, hours(0)), "2026-02-31 12:00:00.250");
}

}  // namespace
}  // namespace gander::store
