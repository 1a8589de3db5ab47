// SPDX-License-Identifier: MIT
#include "src/driver/postgres/lock_mode.h"

#include <array>
#include <cstddef>

namespace gander::driver::postgres {
namespace {

struct Entry {
  std::string_view name;
  std::string_view in_catalogue;
  std::string_view conflicts;  // an X for each mode that it excludes, from the weakest on
};

constexpr std::array<Entry, 8> kModes = {{
    {"ACCESS SHARE", "AccessShareLock", ".......X"},
    {"ROW SHARE", "RowShareLock", "......XX"},
    {"ROW EXCLUSIVE", "RowExclusiveLock", "....XXXX"},
    {"SHARE UPDATE EXCLUSIVE", "ShareUpdateExclusiveLock", "...XXXXX"},
    {"SHARE", "ShareLock", "..XX.XXX"},
    {"SHARE ROW EXCLUSIVE", "ShareRowExclusiveLock", "..XXXXXX"},
    {"EXCLUSIVE", "ExclusiveLock", ".XXXXXXX"},
    {"ACCESS EXCLUSIVE", "AccessExclusiveLock", "XXXXXXXX"},
}};

}  // namespace

bool conflict(LockMode a, LockMode b) {
  return kModes[static_cast<std::size_t>(a)].conflicts[static_cast<std::size_t>(b)] == 'X';
}

std::string_view lock_mode_name(LockMode mode) {
  return kModes[static_cast<std::size_t>(mode)].name;
}

std::optional<LockMode> lock_mode_of(std::string_view catalogue_name) {
  for (std::size_t i = 0; i < kModes.size(); ++i) {
    if (kModes[i].in_catalogue == catalogue_name) return static_cast<LockMode>(i);
  }
  return std::nullopt;
}

}  // namespace gander::driver::postgres
