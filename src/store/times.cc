// SPDX-License-Identifier: MIT
#include "src/store/times.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace gander::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = std::chrono::sys_time<milliseconds>;

using ZoneSteps = std::chrono::duration<std::int64_t, std::ratio<15 * 60>>;
constexpr seconds kFarthestZones = std::chrono::hours(26);  // from -12 to +14
// Between the beginning of a transaction and its record, beside what its statements take.
constexpr seconds kSlack{5};

std::optional<Time> parse(std::string_view text) {
  int year = 0, hour = 0, minute = 0, second = 0, fraction = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(std::string(text).c_str(), "%4d-%2u-%2u %2d:%2d:%2d.%3d", &year, &month, &day,
                  &hour, &minute, &second, &fraction) < 6) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         seconds(second) + milliseconds(fraction);
}

// "2026-01-31 12:00:00.250"
std::string format(Time time) {
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(time - midnight);
  std::array<char, 64> text{};
  std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d.%03d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text.data();
}

}  // namespace

std::string true_tstamp(std::string_view tstamp, std::string_view at,
                        std::chrono::nanoseconds duration) {
  const std::optional<Time> row = parse(tstamp), change = parse(at);
  if (!row || !change) return std::string(tstamp);
  const milliseconds apart = *change - *row - std::chrono::duration_cast<milliseconds>(duration);
  const auto zones = std::chrono::round<ZoneSteps>(apart);
  if (zones.count() == 0 || std::chrono::abs(zones) > kFarthestZones ||
      std::chrono::abs(apart - zones) > kSlack) {
    return std::string(tstamp);
  }
  return format(*row + zones);
}

}  // namespace gander::store
