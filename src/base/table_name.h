// SPDX-License-Identifier: MIT
// TableName: the version table's name as the user gave it, taken apart but not quoted.
#pragma once

#include <string>
#include <string_view>

namespace gander {

struct TableName {
  std::string schema;  // empty: the connection's default
  std::string table;
  bool schema_quoted = false;  // written in double quotes: its case counts
  bool table_quoted = false;

  // "table" or "schema.table"; either part may stand in double quotes, which are removed. Throws
  // Error(usage) for an empty part, a second dot, a control character, or more than 63 bytes
  // (PostgreSQL's limit for identifiers less the room that the side tables' suffixes take).
  static TableName parse(std::string_view text);

  // The side table with this suffix, in the same schema.
  TableName side_table(std::string_view suffix) const {
    return {schema, table + std::string(suffix), schema_quoted, table_quoted};
  }
};

}  // namespace gander
