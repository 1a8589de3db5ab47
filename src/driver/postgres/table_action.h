// SPDX-License-Identifier: MIT
// TableAction: the actions of an ALTER TABLE and the columns and constraints of a CREATE TABLE,
// as far as it matters what they do to rows that are there (PostgreSQL 18 manual, ALTER TABLE and
// CREATE TABLE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/sql/words.h"

namespace gander::driver::postgres {

// Names are folded, or without their quotes, and texts are views of the statement.
struct TypeName {
  std::string name;    // in small letters, aliases resolved: "int" is "integer", "serial" stays
  std::string schema;  // empty: none was written
  std::vector<std::string> modifiers;  // of varchar(20): "20"
  bool array = false;

  bool operator==(const TypeName&) const = default;
};

// Reads a type, modifiers and array bounds included.
TypeName read_type(sql::Words& words);

struct ColumnText {
  std::string name;
  TypeName type;
  std::string_view default_value;  // empty: none
  std::string_view check;          // with its parentheses
  std::string references;          // the table, as written
  bool not_null = false;
  bool unique = false;
  bool primary_key = false;
  bool identity = false;
  bool stored = false;    // GENERATED ALWAYS AS (...) STORED
  bool virtual_ = false;  // the same, VIRTUAL or with neither word
};

struct TableAction {
  enum class Kind : std::uint8_t {
    other,  // locks and does no more
    add_column,
    drop_column,
    alter_type,
    set_not_null,
    drop_not_null,
    set_default,
    set_expression,
    add_check,
    add_not_null,
    add_foreign_key,
    add_unique,
    add_primary_key,
    add_exclude,
    drop_constraint,
    validate,
    rename_table,
    rename_column,
    attach,
    detach,
    set_logged,  // or UNLOGGED
    set_tablespace,
    set_access_method,
    set_schema,
    toggle_trigger,
    cheap,  // SHARE UPDATE EXCLUSIVE and no more: SET STATISTICS, storage parameters, CLUSTER ON
  };
  Kind kind = Kind::other;
  std::size_t offset = 0;  // of its first token in the statement
  std::string_view text;   // all of it
  std::string column;
  std::string constraint;       // its name; empty: the server makes one up
  std::string target;           // referenced table, partition, index of USING INDEX, as written
  std::string new_name;         // of RENAME, SET SCHEMA
  ColumnText definition;        // add_column
  TypeName type;                // alter_type
  std::string_view expression;  // CHECK with its parentheses, USING, DEFAULT
  std::string collation;        // alter_type, as written
  std::vector<std::string> columns;  // of a key
  bool has_using = false;            // alter_type
  bool not_valid = false;
  bool not_enforced = false;
  bool cascade = false;
  bool guarded = false;  // IF [NOT] EXISTS
  bool using_index = false;
  bool concurrently = false;  // detach
  bool is_default = false;    // attach ... DEFAULT
};

// `words` stand behind the table's name. `sql` is the statement that they read.
std::vector<TableAction> table_actions(sql::Words words, std::string_view sql);

// The columns and constraints in the parentheses of a CREATE TABLE, as ADD; `words` stand at the
// parenthesis. What else may stand there (LIKE) is left out.
std::vector<TableAction> table_elements(sql::Words words, std::string_view sql);

// A name that was written, folded: "Item" is Item, ITEM is item.
std::string folded(const sql::Token& token);

}  // namespace gander::driver::postgres
