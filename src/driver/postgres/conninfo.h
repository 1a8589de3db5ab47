// SPDX-License-Identifier: MIT
// postgres::Settings: what a PostgreSQL URI or keyword string says, with Gander's own parameters
// taken out, and its form without secrets. Parsing only: nothing is connected and libpq not loaded.
// include/gander/postgres.h is the manual of the parameters.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gander::driver::postgres {

struct Settings {
  std::string conninfo;  // for libpq: a URI, a keyword string or a database name
  std::string database;  // in the place of the one that conninfo leads to; empty: that one
  std::string display;   // conninfo with every secret as ***
  // Session settings to make after connecting, in the order given ("search_path", "role", ...).
  std::vector<std::pair<std::string, std::string>> session;
  bool pooler_keeps_sessions = false;  // the user's word for it (pooler=session)
  std::vector<std::string> secrets;    // never to be shown, see redact()
};

// Throws Error(usage), whose message repeats no value.
Settings parse_conninfo(std::string_view text);

// The value of search_path that means this schema alone, whatever its letters.
std::string one_schema(std::string_view name);

// `message` with each secret replaced by ***.
std::string redact(std::string message, const std::vector<std::string>& secrets);

}  // namespace gander::driver::postgres
