// SPDX-License-Identifier: MIT
// TableImage: what is to be known of a table in the scratch database, to compare it with what
// stands under its name later.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/sqlite/lint_scratch.h"

namespace gander::driver::sqlite {

struct ColumnImage {
  std::string name;
  std::string type;
  bool not_null = false;
  bool key = false;  // of the primary key
  bool computed = false;
  std::optional<std::string> default_value;
  std::string collation;
  // Of its values, sorted: a letter for the type and then the value, the same for numbers that are
  // equal.
  std::vector<std::string> values;
};

struct TableImage {
  std::string name;
  bool strict = false;
  bool without_rowid = false;
  bool autoincrement = false;
  bool rowid_key = false;  // INTEGER PRIMARY KEY
  std::vector<ColumnImage> columns;
  std::vector<std::string> checks;             // in one spelling
  std::set<std::string> uniques;               // their columns, folded
  std::set<std::string> keys;                  // "author_id references author"
  std::map<std::string, std::string> indexes;  // by name, folded: what they are
  std::map<std::string, std::string> triggers;
  std::int64_t rows = 0;
  std::optional<std::int64_t> sequence;
  std::vector<std::int64_t> rowids;  // where there is no INTEGER PRIMARY KEY

  const ColumnImage* column(std::string_view name) const;
};

// Nothing where there is no such table.
std::optional<TableImage> image_of(LintScratch& scratch, const std::string& table);

// Of a table that has such and whose rows are not numbered by a key.
std::vector<std::int64_t> rowids_of(LintScratch& scratch, const std::string& table);

// "a, b and c"
std::string listed(const std::vector<std::string>& names);

// What an object is, whatever its name and spelling.
std::string definition_text(const SchemaRow& row);

// All its values, column by column.
std::string digest_of(LintScratch& scratch, const std::string& table);

}  // namespace gander::driver::sqlite
