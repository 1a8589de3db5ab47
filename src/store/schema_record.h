// SPDX-License-Identifier: MIT
// SchemaRecords: the schema as the last run that changed something has left it, in one row of its
// own table. docs/formats.md describes it.
//
// It says by what rows of the version table and the history it was written. Whoever changes those
// without writing another record, goose or a run that was killed, leaves a record that is stale:
// nothing is to be concluded from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gander/time.h"
#include "src/store/store.h"

namespace gander::store {

// What tells whether anything was recorded since: 0 where there is none.
struct RecordsMark {
  std::int64_t newest_row = 0;  // of the version table
  std::int64_t row_count = 0;
  // Of the history, but for those that say nothing of the schema (failed, accepted).
  std::int64_t newest_event = 0;
};

struct SchemaRecord {
  std::int64_t version = 0;
  std::optional<Time> at = {};  // given by the database
  // Whose words the digests are of: this program's version and the server's.
  std::string reader;
  std::string objects;  // schema::text()
  bool current = true;  // nothing was recorded since
};

class SchemaRecords {
 public:
  // The store outlives it, and has been loaded.
  explicit SchemaRecords(Store& store) : store_(store) {}

  // nullopt: there is none. Throws Error(sql) where it cannot be read, or is damaged.
  std::optional<SchemaRecord> read();

  RecordsMark mark();
  // Within a transaction: replaces the record, if the records still are where the mark says.
  void write(const SchemaRecord& record, const RecordsMark& mark);

 private:
  std::string newest_row_sql() const;
  std::string row_count_sql() const;
  std::string newest_event_sql() const;

  Store& store_;
};

}  // namespace gander::store
