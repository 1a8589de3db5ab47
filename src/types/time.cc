// SPDX-License-Identifier: MIT
#include "src/types/time.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace gander {
namespace {

using std::chrono::microseconds;

constexpr std::string_view kShape = "0000-00-00 00:00:00";
constexpr std::size_t kDigits = 6;  // of the fraction; more are cut off

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool has_shape(std::string_view text) {
  if (text.size() < kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (is_digit(kShape[i]) ? !is_digit(text[i]) : text[i] != kShape[i]) return false;
  }
  return true;
}

int number(std::string_view digits) {
  int value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

// ".250"
std::optional<microseconds> parse_fraction(std::string_view text) {
  if (text.empty()) return microseconds(0);
  if (text.front() != '.' || text.size() == 1) return std::nullopt;
  int value = 0;
  for (std::size_t i = 1; i < text.size() || i <= kDigits; ++i) {
    if (i < text.size() && !is_digit(text[i])) return std::nullopt;
    if (i <= kDigits) value = value * 10 + (i < text.size() ? text[i] - '0' : 0);
  }
  return microseconds(value);
}

}  // namespace

std::optional<Time> parse_time(std::string_view text) {
  if (!has_shape(text)) return std::nullopt;
  const auto part = [&](std::size_t at) { return number(text.substr(at, 2)); };
  const std::chrono::year_month_day date{std::chrono::year(number(text.substr(0, 4))),
                                         std::chrono::month(static_cast<unsigned>(part(5))),
                                         std::chrono::day(static_cast<unsigned>(part(8)))};
  const std::optional<microseconds> fraction = parse_fraction(text.substr(kShape.size()));
  const int hour = part(11), minute = part(14), second = part(17);
  // A leap second is the first of the next minute, as PostgreSQL and POSIX have it.
  if (!date.ok() || !fraction || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + *fraction;
}

std::string time_text(Time time) {
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(time - midnight);
  std::string text(kShape);
  const auto put = [&](std::size_t end, std::size_t digits, std::int64_t value) {
    for (; digits > 0; --digits, value /= 10) text[--end] = static_cast<char>('0' + value % 10);
  };
  put(4, 4, std::clamp(static_cast<int>(date.year()), 0, 9999));  // all that parse_time() gives
  put(7, 2, static_cast<unsigned>(date.month()));
  put(10, 2, static_cast<unsigned>(date.day()));
  put(13, 2, clock.hours().count());
  put(16, 2, clock.minutes().count());
  put(19, 2, clock.seconds().count());
  return text;
}

}  // namespace gander
