// SPDX-License-Identifier: MIT
#include "src/store/names.h"

#include <utility>

namespace gander::store {
namespace {

constexpr std::string_view kHistory = "_history";
constexpr std::string_view kJournal = "_journal";
constexpr std::string_view kSchema = "_schema";

TableName fold(TableName name, const driver::Dialect& dialect) {
  if (!name.table_quoted) name.table = dialect.fold(name.table);
  if (!name.schema_quoted) name.schema = dialect.fold(name.schema);
  return name;
}

TableName resolve(TableName name, driver::Connection& connection, const driver::Dialect& dialect) {
  name = fold(std::move(name), dialect);
  if (name.schema.empty()) name.schema = connection.schema_of(name.table);
  return name;
}

std::string sql_name(const TableName& name, const driver::Dialect& dialect) {
  return (name.schema.empty() ? "" : dialect.quote(name.schema) + ".") + dialect.quote(name.table);
}

}  // namespace

std::vector<TableName> Names::unresolved(const TableName& table, const driver::Dialect& dialect) {
  const TableName folded = fold(table, dialect);
  std::vector<TableName> all = {folded, folded.side_table(kHistory), folded.side_table(kJournal)};
  if (dialect.ledger().create_schema != nullptr) all.push_back(folded.side_table(kSchema));
  return all;
}

std::vector<TableName> Names::tables() const {
  std::vector<TableName> all = {version_table, history_table, journal_table};
  if (!create_schema.empty()) all.push_back(schema_table);
  return all;
}

Names::Names(const TableName& table, driver::Connection& connection, const driver::Dialect& dialect)
    : version_table(resolve(table, connection, dialect)),
      history_table(version_table.side_table(kHistory)),
      journal_table(version_table.side_table(kJournal)),
      schema_table(version_table.side_table(kSchema)),
      version(sql_name(version_table, dialect)),
      history(sql_name(history_table, dialect)),
      journal(sql_name(journal_table, dialect)),
      schema(sql_name(schema_table, dialect)) {
  const driver::LedgerSql& sql = dialect.ledger();
  create_version = sql.create_version(version);
  create_history = sql.create_history(history);
  create_journal = sql.create_journal(journal);
  if (sql.create_schema != nullptr) create_schema = sql.create_schema(schema);
  lock_key = version_table.schema + "." + version_table.table;
}

}  // namespace gander::store
