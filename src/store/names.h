// SPDX-License-Identifier: MIT
// store::Names: the version table and its side tables, quoted and ready for SQL, and how they are
// made. docs/formats.md describes the tables.
#pragma once

#include <string>
#include <vector>

#include "src/base/table_name.h"
#include "src/driver/driver.h"

namespace gander::store {

struct Names {
  // `connection` supplies the default schema.
  Names(const TableName& table, driver::Connection& connection, const driver::Dialect& dialect);

  TableName version_table;
  TableName history_table;
  TableName journal_table;
  TableName schema_table;

  std::string version;  // as SQL
  std::string history;
  std::string journal;
  std::string schema;

  std::string create_version;
  std::string create_history;
  std::string create_journal;
  std::string create_schema;  // empty: the engine has none

  // The version table first. The table of the schema is among them where the engine has one.
  std::vector<TableName> tables() const;
  // The same before a connection has told their schema.
  static std::vector<TableName> unresolved(const TableName& table, const driver::Dialect& dialect);

  // What the run lock is taken on: schema and table, unquoted.
  std::string lock_key;
};

}  // namespace gander::store
