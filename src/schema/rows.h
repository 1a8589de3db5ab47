// SPDX-License-Identifier: MIT
// Rows of a table as an object of a script: statements that put them there again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/schema/snapshot.h"

namespace gander::schema {

// Makes INSERT statements of one table's rows. A row is a line, and a statement has a hundred at
// most.
class RowsWriter {
 public:
  // `head`: "INSERT INTO bird (id, name) VALUES".
  RowsWriter(const std::string& table, std::string head);

  // `values`: "1, 'wren'". Without line ends: whoever reads a script by lines may drop the `\r` of
  // one that stands in a text.
  void add(std::string_view values);
  // Another statement, where it is called: what has to be set first, a counter at the end. It is
  // no row.
  void statement(std::string sql);

  bool empty() const { return object_.steps.empty(); }
  // The id is that of the kind "rows" with the table's name, and the one property has the rows
  // themselves.
  Object finish() &&;

 private:
  Object object_;
  std::string head_;
  std::size_t rows_;  // in the last statement
};

// Puts rows into a script: behind every table and its indexes, so that a foreign key finds what it
// leads to, and before triggers, rules and keys that are made apart, which must not act on them.
void add_rows(const std::vector<Object>& rows, Snapshot* snapshot);

}  // namespace gander::schema
