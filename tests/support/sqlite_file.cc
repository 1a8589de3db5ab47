// SPDX-License-Identifier: MIT
#include "tests/support/sqlite_file.h"

#include <sqlite3.h>

#include <stdexcept>

namespace gander::testing_support {
namespace {

int append_row(void* rows, int width, char** values, char**) {
  std::string line;
  for (int i = 0; i < width; ++i) {
    line += (i == 0 ? "" : "|") + std::string(values[i] == nullptr ? "NULL" : values[i]);
  }
  static_cast<std::vector<std::string>*>(rows)->push_back(std::move(line));
  return 0;
}

}  // namespace

SqliteFile::SqliteFile(const std::string& path) {
  if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) throw std::runtime_error("open " + path);
  sqlite3_busy_timeout(handle_, 60000);
}

SqliteFile::~SqliteFile() { sqlite3_close(handle_); }

void SqliteFile::run(const std::string& sql) { rows(sql); }

std::vector<std::string> SqliteFile::rows(const std::string& sql) {
  std::vector<std::string> rows;
  char* message = nullptr;
  if (sqlite3_exec(handle_, sql.c_str(), append_row, &rows, &message) != SQLITE_OK) {
    const std::string text = message == nullptr ? "error" : message;
    sqlite3_free(message);
    throw std::runtime_error(text + " in: " + sql);
  }
  return rows;
}

std::string SqliteFile::value(const std::string& sql) {
  const std::vector<std::string> all = rows(sql);
  return all.empty() ? "" : all[0];
}

bool SqliteFile::has_table(const std::string& name) {
  return value("SELECT count(*) FROM sqlite_master WHERE name = '" + name + "'") != "0";
}

std::vector<std::string> SqliteFile::schema() {
  return rows(
      "SELECT type, name, sql FROM sqlite_master WHERE tbl_name NOT LIKE 'goose_db_version%' "
      "AND name NOT LIKE 'sqlite_%' ORDER BY type, name");
}

}  // namespace gander::testing_support
