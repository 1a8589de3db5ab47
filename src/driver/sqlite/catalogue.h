// SPDX-License-Identifier: MIT
// sqlite::Catalogue: the schema of a SQLite file as a value: the rows of sqlite_schema, taken apart
// by definition.h, and user_version and application_id, which programs use as a part of it.
//
// What SQLite makes itself is left out: sqlite_sequence, the tables of ANALYZE, the indexes behind
// constraints, and the tables in which a virtual table keeps its rows.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "src/driver/catalogue.h"
#include "src/driver/sqlite/definition.h"

struct sqlite3;

namespace gander::driver {
class Connection;
}

namespace gander::driver::sqlite {

// What the file says of its schema.
struct Contents {
  std::vector<SchemaRow> rows;  // tables first, then by name
  std::int64_t user_version = 0;
  std::int64_t application_id = 0;
  std::string encoding;

  bool operator==(const Contents&) const = default;
};

class Catalogue final : public driver::Catalogue {
 public:
  // `handle` is the connection's; both outlive the catalogue.
  Catalogue(driver::Connection& connection, sqlite3* handle)
      : connection_(connection), handle_(handle) {}

  schema::Snapshot snapshot(const SnapshotRequest& request) override;
  std::unique_ptr<SchemaReading> read(const SnapshotRequest& request) override;
  std::vector<std::string> filled_tables(const schema::Snapshot& snapshot) override;
  std::vector<schema::Object> rows(const std::vector<std::string>& tables) override;

 private:
  Contents contents(const SnapshotRequest& request);
  std::set<std::string> names(const std::string& sql);
  void remark_on(const std::vector<Definition>& definitions, schema::Snapshot* snapshot);

  driver::Connection& connection_;
  sqlite3* handle_;
};

}  // namespace gander::driver::sqlite
