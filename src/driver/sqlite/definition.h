// SPDX-License-Identifier: MIT
// What a row of sqlite_schema comes to: the object with its parts, as they are compared.
//
// https://sqlite.org/lang_createtable.html and its neighbours are the grammar. The text need not be
// one that SQLite has made: whoever switches writable_schema on may have put anything there. What
// cannot be taken apart is compared as a whole.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "src/driver/sqlite/spelling.h"
#include "src/schema/snapshot.h"

namespace gander::driver::sqlite {

struct SchemaRow {
  std::string type;  // "table", "index", "view", "trigger"
  std::string name;
  std::string table;  // that it belongs to
  std::string sql;

  bool operator==(const SchemaRow&) const = default;
};

struct Definition {
  std::vector<schema::Object> objects;  // the first one has the step that makes it
  std::string module;                   // of a virtual table, folded
  std::vector<std::string> columns;     // of a table, folded
  std::set<std::string> mentions;       // by a view or a virtual table: every name, folded
  Uses uses;
};

// What stands in double quotes may be a name or a text: that depends on which names there are.
bool has_doubtful_names(const SchemaRow& row);

// `columns`: where has_doubtful_names(), of the tables that the definition may speak of, besides
// its own; folded.
Definition definition_of(const SchemaRow& row, const std::set<std::string>& columns);

}  // namespace gander::driver::sqlite
