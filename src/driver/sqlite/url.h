// SPDX-License-Identifier: MIT
// sqlite::Settings: what a `sqlite:` URL or goose's sqlite3 DBSTRING says. Parsing only; no file is
// touched. include/gander/sqlite.h is the manual of the parameters.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gander/sqlite.h"

namespace gander::driver::sqlite {

struct Settings {
  std::string filename;  // for sqlite3_open_v2 with SQLITE_OPEN_URI
  std::string path;      // of the file; empty for memory databases
  bool read_only = false;
  bool must_exist = false;
  bool foreign_keys = false;
  bool restricted = false;
  // In the order given; foreign_keys is not among them.
  std::vector<std::pair<std::string, std::string>> pragmas;
};

// `text` is what follows "sqlite:". The path is percent-decoded. Throws Error(usage).
Settings parse_url(std::string_view text);

// goose's DBSTRING: a path as it is, ":memory:" or a "file:" URI, with goose's parameters.
Settings parse_dbstring(std::string_view text);

// The path as it is. Throws Error(usage).
Settings settings_of(const std::string& path, const SqliteOptions& options);

}  // namespace gander::driver::sqlite
