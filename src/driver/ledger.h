// SPDX-License-Identifier: MIT
// LedgerSql: how an engine writes Gander's own tables. What the tables mean is in docs/formats.md,
// and the same everywhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gander::driver {

// A statement of Gander's own that a run repeats with other values: text[0] values[0] text[1] ...,
// one text more than values, which are SQL literals.
struct Repeated {
  std::vector<std::string> text;
  std::vector<std::string> values;
  bool often = true;  // worth preparing, in a transaction that can be run again
  std::string sql() const;
};

struct LedgerSql {
  // CREATE TABLE of the version table, as goose writes it, and of those beside it (side_tables.h).
  std::string (*create_version)(const std::string& name);
  std::string (*create_history)(const std::string& name);
  std::string (*create_journal)(const std::string& name);
  // Where sessions have a Connection::catalogue(), else nullptr.
  std::string (*create_schema)(const std::string& name) = nullptr;
  // Gives a version table without rows the row of version 0.
  std::string (*add_zero_row)(const std::string& table);
  std::string_view truth;  // what goose puts into is_applied

  std::string_view now;  // what goes into a time of the history or the journal later

  // Is `now` given with each INSERT, because what a migration SETs moves the column's default?
  bool gives_times = false;
  // What goes into tstamp for the same reason; empty: its default.
  std::string_view tstamp = {};

  // The INSERT, UPDATE or DELETE so that each row it has changed, or found as it is to be, gives
  // these columns. nullptr: Connection::change() counts these rows.
  std::string (*giving)(std::string change, std::string_view columns);
  // The INSERT so that it does nothing where the key is there.
  std::string (*unless_there)(std::string insert);

  // The order of the version table's rows, oldest first.
  std::string_view row_order = "id";
  // The removal of a version's rows, with the version as its one value. nullptr: a DELETE.
  Repeated (*remove)(const std::string& table, const std::string& version) = nullptr;
  // The id of the history's next row, where the table counts none by itself; what is written is
  // SELECTed then. nullptr: it counts them.
  std::string (*next_id)(const std::string& table) = nullptr;
  // Rows of the journal are never changed. Each change is a further row with the next `number`, the
  // newest of a version counts, and one in the state "finished" says that there is none.
  bool appends = false;

  // Behind a DELETE of all the rows that a condition names, so that it is taken for no mistake.
  std::string_view unlimited = {};

  // The rest is for engines whose sessions have no Connection::change_token(), else nullptr.
  // Behind a SELECT of the version table: what is committed now, kept so to the end of the
  // transaction. Where there is no `claim`.
  std::string_view locking = {};
  // Fails unless none of the versions ("1, 2") has a row and the table has rows at all: a migration
  // may have emptied it. `newer`: looks only through the rows written since note_newest().
  Repeated (*claim)(const std::string& table, const std::string& versions, bool newer);
  std::string (*note_newest)(const std::string& table);

  // For engines that measure by Connection::elapsed_sql(), else nullptr: the change of the version
  // row and, if there is one, the INSERT into the history in one statement. It fails when the first
  // changes nothing, which the INSERT's duration looks after: if_changed(nanoseconds).
  Repeated (*in_one)(const Repeated& change, const Repeated* history);
  std::string (*if_changed)(const std::string& nanoseconds);

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
