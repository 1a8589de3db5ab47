// SPDX-License-Identifier: MIT
// Times of the server as text for people, whatever DateStyle and TimeZone are.
#pragma once

#include <string>

namespace gander::driver::postgres {

// SQL: a timestamptz to the second in UTC, "2026-01-31 12:00:00".
inline std::string utc_seconds(const std::string& time) {
  return "pg_catalog.to_char(" + time + " AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')";
}

}  // namespace gander::driver::postgres
