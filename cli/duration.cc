// SPDX-License-Identifier: MIT
#include "cli/duration.h"

#include <array>
#include <charconv>
#include <cmath>

namespace gander::cli {
namespace {

struct Unit {
  std::string_view name;
  double milliseconds;
};

constexpr std::array<Unit, 8> kUnits = {{{"ns", 1e-6},
                                         {"us", 1e-3},
                                         {"\xC2\xB5s", 1e-3},
                                         {"\xCE\xBCs", 1e-3},
                                         {"ms", 1},
                                         {"s", 1e3},
                                         {"m", 6e4},
                                         {"h", 3.6e6}}};
// About 292 years, the range of 64-bit nanoseconds: the engine counts in those.
constexpr double kLongest = 9.2e12;

// Longest name first: "ms" is not "m".
std::optional<Unit> take_unit(std::string_view* text) {
  std::optional<Unit> best;
  for (const Unit& unit : kUnits) {
    const bool longer = !best || unit.name.size() > best->name.size();
    if (text->starts_with(unit.name) && longer) best = unit;
  }
  if (best) text->remove_prefix(best->name.size());
  return best;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds{0};
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    if (text[0] != '.' && (text[0] < '0' || text[0] > '9')) return std::nullopt;
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::optional<Unit> unit = take_unit(&text);
    if (!unit) return std::nullopt;
    total += number * unit->milliseconds;
  }
  if (!(total < kLongest)) return std::nullopt;
  // 1.1 s is a little over 1,100 ms in binary.
  const double nearest = std::round(total);
  const bool whole = std::abs(total - nearest) <= total * 1e-12;
  return std::chrono::milliseconds{static_cast<std::int64_t>(whole ? nearest : std::ceil(total))};
}

}  // namespace gander::cli
