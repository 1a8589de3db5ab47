// SPDX-License-Identifier: MIT
// LedgerSql: how an engine writes Gander's own tables. What the tables mean is in docs/formats.md,
// and the same everywhere.
#pragma once

#include <string>
#include <string_view>

namespace gander::driver {

struct LedgerSql {
  // CREATE TABLE of the version table, as goose writes it.
  std::string (*create_version)(const std::string& name);
  std::string_view truth;  // what goose puts into is_applied

  // Columns of the history and the journal.
  std::string_view identity;  // a key that the database counts
  std::string_view time;      // in UTC, now if nothing is given
  std::string_view integer;

  std::string_view now;  // what goes into such a time later

  // As text, whatever DateStyle and TimeZone are.
  // tstamp of the version table in UTC, "2026-01-31 12:00:00", on a server with milliseconds.
  // goose's table keeps no zone: on a server it is the session's, now as when the row was written.
  // What is no time is given as it stands.
  std::string_view tstamp_in_utc;
  std::string_view tstamp_as_stored;  // to the second
  // `at` of the history, which is kept in UTC: "2026-01-31 12:00:00.250".
  std::string_view history_time;
  // Is tstamp a time of the session's zone?
  bool tstamp_has_zone;
};

}  // namespace gander::driver
