// SPDX-License-Identifier: MIT
// Catalogue: what a database can tell of its own schema.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "src/base/table_name.h"
#include "src/schema/snapshot.h"

namespace gander::driver {

struct SnapshotRequest {
  // Tables of the migration tool, they and what belongs to them are left out.
  std::vector<TableName> without;
  bool grants = false;  // owners and rights too, where the engine has them
};

// What was read of a schema, and not yet taken apart.
class SchemaReading {
 public:
  SchemaReading() = default;
  virtual ~SchemaReading() = default;
  SchemaReading(const SchemaReading&) = delete;
  SchemaReading& operator=(const SchemaReading&) = delete;

  // True: the snapshots of both are equal. False: they may be. `other` is of the same kind.
  virtual bool same_as(const SchemaReading& other) const = 0;
  // Without remarks.
  virtual schema::Snapshot snapshot() const = 0;
};

class Catalogue {
 public:
  // Reads the whole schema, in a few queries and at one point in time, changing nothing: neither
  // the database nor what the session has set. Throws Error(sql, connection).
  virtual schema::Snapshot snapshot(const SnapshotRequest& request) = 0;

  // For whoever compares again and again, mostly what is the same. nullptr: nothing is faster than
  // snapshot().
  virtual std::unique_ptr<SchemaReading> read(const SnapshotRequest& /*request*/) {
    return nullptr;
  }

  // Of the tables of a snapshot those that have rows, by the names of their ids. Where a table only
  // stands for others, as a partitioned one, those others.
  virtual std::vector<std::string> filled_tables(const schema::Snapshot& snapshot) = 0;
  // What puts the rows of these tables, and the counters that number them, there again: see
  // schema/rows.h. All as they were at one point in time. Equal rows have equal steps.
  virtual std::vector<schema::Object> rows(const std::vector<std::string>& tables) = 0;

 protected:
  ~Catalogue() = default;
};

}  // namespace gander::driver
