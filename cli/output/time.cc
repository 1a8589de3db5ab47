// SPDX-License-Identifier: MIT
#include "cli/output/time.h"

#include <algorithm>
#include <cstddef>

#include "cli/output/text.h"

namespace gander::cli {
namespace {

constexpr std::string_view kShape = "0000-00-00 00:00:00";
constexpr std::size_t kMilliseconds = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_time(std::string_view text) {
  if (text.size() < kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (is_digit(kShape[i]) ? !is_digit(text[i]) : text[i] != kShape[i]) return false;
  }
  std::string_view fraction = text.substr(kShape.size());
  if (fraction.empty()) return true;
  fraction.remove_prefix(1);
  return text[kShape.size()] == '.' && !fraction.empty() && std::ranges::all_of(fraction, is_digit);
}

}  // namespace

std::string time_text(std::string_view utc) {
  return is_time(utc) ? std::string(utc.substr(0, kShape.size())) : printable(utc);
}

std::string iso_time(std::string_view utc) {
  if (!is_time(utc)) return {};
  std::string time(utc.substr(0, kShape.size()));
  time[kShape.find(' ')] = 'T';
  std::string fraction(utc.substr(std::min(kShape.size() + 1, utc.size())));
  fraction.resize(kMilliseconds, '0');
  return time + "." + fraction + "Z";
}

}  // namespace gander::cli
