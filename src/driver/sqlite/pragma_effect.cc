// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/pragma_effect.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace gander::driver::sqlite {
namespace {

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         sqlite3_strnicmp(a.data(), b.data(), static_cast<int>(a.size())) == 0;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin() + (text[0] == '-' || text[0] == '+' ? 1 : 0),
                                      text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

long number(std::string_view text) { return std::strtol(std::string(text).c_str(), nullptr, 10); }

// SQLite takes the first mode that begins with the text.
std::string_view mode_named(std::string_view text) {
  for (const std::string_view mode : {"delete", "persist", "off", "truncate", "memory", "wal"}) {
    if (text.size() <= mode.size() && is_same(mode.substr(0, text.size()), text)) return mode;
  }
  return {};
}

bool is_on(std::string_view text) {
  if (is_number(text)) return number(text) != 0;
  return is_same(text, "on") || is_same(text, "yes") || is_same(text, "true");
}

long auto_vacuum_named(std::string_view text) {
  if (is_same(text, "full")) return 1;
  if (is_same(text, "incremental")) return 2;
  const long value = number(text);
  return value >= 0 && value <= 2 ? value : 0;
}

// "UTF-16le", "UTF16le" and, on the machine's own byte order, "UTF-16".
std::string encoding_named(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (c != '-') name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

}  // namespace

PragmaScope scope_of(std::string_view name) {
  if (name == "journal_mode") return PragmaScope::journal;
  if (name == "foreign_keys") return PragmaScope::transaction;
  const bool file = name == "page_size" || name == "auto_vacuum" || name == "encoding";
  return file ? PragmaScope::file : PragmaScope::other;
}

bool is_in_force(std::string_view name, std::string_view asked, std::string_view found) {
  if (name == "journal_mode") {
    const std::string_view mode = mode_named(asked);
    return mode.empty() || is_same(mode, found);
  }
  if (name == "foreign_keys") return is_on(asked) == is_on(found);
  if (name == "auto_vacuum") return auto_vacuum_named(asked) == number(found);
  if (name == "page_size") return number(asked) == number(found);
  if (name == "encoding") return encoding_named(found).starts_with(encoding_named(asked));
  return true;
}

}  // namespace gander::driver::sqlite
