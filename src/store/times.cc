// SPDX-License-Identifier: MIT
#include "src/store/times.h"

#include <cstdint>
#include <ratio>

namespace gander::store {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

using ZoneSteps = std::chrono::duration<std::int64_t, std::ratio<15 * 60>>;
constexpr seconds kFarthestZones = std::chrono::hours(26);  // from -12 to +14
// Between the beginning of a transaction and its record, beside what its statements take.
constexpr seconds kSlack{5};

}  // namespace

Time true_tstamp(Time tstamp, Time at, std::chrono::nanoseconds duration) {
  const microseconds apart = at - tstamp - std::chrono::duration_cast<microseconds>(duration);
  const auto zones = std::chrono::round<ZoneSteps>(apart);
  if (std::chrono::abs(zones) > kFarthestZones || std::chrono::abs(apart - zones) > kSlack) {
    return tstamp;
  }
  return tstamp + zones;
}

}  // namespace gander::store
