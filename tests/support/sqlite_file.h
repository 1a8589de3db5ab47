// SPDX-License-Identifier: MIT
// SqliteFile: a database file looked at from outside, over a connection of the test's own.
#pragma once

#include <string>
#include <vector>

struct sqlite3;

namespace gander::testing_support {

class SqliteFile {
 public:
  explicit SqliteFile(const std::string& path);
  ~SqliteFile();
  SqliteFile(const SqliteFile&) = delete;
  SqliteFile& operator=(const SqliteFile&) = delete;

  sqlite3* handle() { return handle_; }
  void run(const std::string& sql);

  // Every row as its columns joined by '|', NULL as "NULL".
  std::vector<std::string> rows(const std::string& sql);
  // The one value of a query, as text; "" when there is no row.
  std::string value(const std::string& sql);
  // Versions in goose_db_version in order of application.
  std::vector<std::string> versions() {
    return rows("SELECT version_id FROM goose_db_version ORDER BY id");
  }
  bool has_table(const std::string& name);
  // sqlite_master without Gander's own tables, for comparisons.
  std::vector<std::string> schema();

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace gander::testing_support
