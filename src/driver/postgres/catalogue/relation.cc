// SPDX-License-Identifier: MIT
#include "src/driver/postgres/catalogue/relation.h"

#include <algorithm>

#include "src/driver/postgres/catalogue/texts.h"

namespace gander::driver::postgres {
namespace {

std::string not_null_clause(const Column& column) {
  return (column.not_null_name.empty() ? "" : "CONSTRAINT " + column.not_null_name + " ") +
         "NOT NULL" + (column.not_null_alone ? " NO INHERIT" : "");
}

std::string default_clause(const Column& column) {
  if (column.generated != '\0') {
    return " GENERATED ALWAYS AS (" + column.usual + ")" +
           (column.generated == 's' ? " STORED" : " VIRTUAL");
  }
  if (column.identity != '\0') {
    return std::string(" GENERATED ") + (column.identity == 'a' ? "ALWAYS" : "BY DEFAULT") +
           " AS IDENTITY" + column.identity_options;
  }
  if (column.usual.empty() || column.draft->later) return {};
  return " DEFAULT " + column.usual;
}

// What stands behind name and type.
std::string constraints_of(const Column& column) {
  return default_clause(column) + (column.not_null ? " " + not_null_clause(column) : "");
}

// `merged`: with a column that a parent declares.
std::string column_line(const Column& column, bool merged) {
  const bool from_parent = merged && column.not_null_above;
  return column.name + " " + column.type +
         (column.foreign_options.empty() ? "" : " OPTIONS (" + column.foreign_options + ")") +
         column.collation + (from_parent ? default_clause(column) : constraints_of(column));
}

// A column that is declared by a parent or by the type alone may still have something of its own.
std::string own_line(const Relation& relation, const Column& column) {
  if (!relation.of_type.empty()) {
    const std::string constraints = constraints_of(column);
    return constraints.empty() ? "" : column.name + " WITH OPTIONS" + constraints;
  }
  if (!column.not_null || !column.not_null_local) return {};
  return (column.not_null_name.empty() ? "" : "CONSTRAINT " + column.not_null_name + " ") +
         "NOT NULL " + column.name + (column.not_null_alone ? " NO INHERIT" : "");
}

std::vector<std::string> lines_of(const Relation& relation) {
  std::vector<std::string> lines;
  const bool whole = relation.of_type.empty() &&
                     (relation.partition || relation.parents.empty() || relation.inherits_later);
  for (const Column& column : relation.columns) {
    const bool declared = whole || (relation.of_type.empty() && column.local);
    std::string line = declared ? column_line(column, !whole) : own_line(relation, column);
    if (!line.empty()) lines.push_back(std::move(line));
  }
  for (const Check& check : relation.checks) {
    if (!check.draft->later) lines.push_back(check.clause);
  }
  return lines;
}

std::string in_parentheses(const std::vector<std::string>& lines) {
  return " (" + in_lines(lines) + ")";
}

}  // namespace

const char* Relation::called() const {
  switch (kind) {
    case 'f':
      return "FOREIGN TABLE";
    case 'v':
      return "VIEW";
    case 'm':
      return "MATERIALIZED VIEW";
    default:
      return "TABLE";
  }
}

Column* Relation::column(int number) {
  const auto found = std::ranges::lower_bound(columns, number, {}, &Column::number);
  return found == columns.end() || found->number != number ? nullptr : &*found;
}

std::string Relation::statement() const {
  const std::string with = options.empty() ? "" : " WITH (" + options + ")";
  const std::string using_method = method.empty() ? "" : " USING " + method;
  const std::string in_space = space.empty() ? "" : " TABLESPACE " + space;
  if (kind == 'v') {
    return std::string(draft->stands_in ? "CREATE OR REPLACE VIEW " : "CREATE VIEW ") + name +
           with + " AS\n" + query;
  }
  if (kind == 'm') {
    return "CREATE MATERIALIZED VIEW " + name + using_method + with + in_space + " AS\n" + query +
           "\n  WITH NO DATA";
  }
  std::string sql = std::string("CREATE ") + (unlogged ? "UNLOGGED " : "") + called() + " " + name;
  const std::vector<std::string> lines = lines_of(*this);
  if (!of_type.empty()) {
    sql += " OF " + of_type + (lines.empty() ? "" : in_parentheses(lines));
  } else {
    sql += in_parentheses(lines);
  }
  if (!parents.empty() && !partition && !inherits_later) {
    std::vector<std::string> names;
    for (const Relation* parent : parents) names.push_back(parent->name);
    sql += " INHERITS (" + listed(names) + ")";
  }
  if (!split_by.empty()) sql += " PARTITION BY " + split_by;
  if (!server.empty()) sql += " SERVER " + server;
  if (!server_options.empty()) sql += " OPTIONS (" + server_options + ")";
  return sql + using_method + with + in_space;
}

std::string Relation::stand_in() const {
  std::vector<std::string> list;
  for (const Column& column : columns) {
    list.push_back("NULL::" + column.type + column.collation + " AS " + column.name);
  }
  return "CREATE VIEW " + name + " AS\nSELECT" + (list.empty() ? "" : " " + listed(list));
}

void Relation::visit_partitions(const std::function<void(const Relation&)>& each) const {
  if (kind != 'p') return;
  for (const Relation* child : children) {
    each(*child);
    child->visit_partitions(each);
  }
}

}  // namespace gander::driver::postgres
