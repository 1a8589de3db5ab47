// SPDX-License-Identifier: MIT
// Catalogue: what a database can tell of its own schema.
#pragma once

#include <vector>

#include "src/base/table_name.h"
#include "src/schema/snapshot.h"

namespace gander::driver {

struct SnapshotRequest {
  // Tables of the migration tool, they and what belongs to them are left out.
  std::vector<TableName> without;
  bool grants = false;  // owners and rights too, where the engine has them
};

class Catalogue {
 public:
  // Reads the whole schema, in a few queries and at one point in time, changing nothing: neither
  // the database nor what the session has set. Throws Error(sql, connection).
  virtual schema::Snapshot snapshot(const SnapshotRequest& request) = 0;

 protected:
  ~Catalogue() = default;
};

}  // namespace gander::driver
