// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/objects.h"

#include "src/base/sha256.h"
#include "src/driver/clickhouse/connection.h"
#include "src/driver/clickhouse/dialect.h"

namespace gander::driver::clickhouse {
namespace {

std::string database_of(const Object& object, const std::string& database) {
  return dialect().literal(object.database.empty() ? database : object.database);
}

std::string query_of(const Connection& connection, const Object& object,
                     const std::string& database) {
  const std::string uuid = connection.server().has_uuids() ? "toString(uuid)" : "''";
  const std::string name = dialect().literal(object.name);
  switch (object.type) {
    case ObjectType::table:
      return "SELECT " + uuid + ", create_table_query FROM system.tables WHERE database = " +
             database_of(object, database) + " AND name = " + name;
    case ObjectType::database:
      return "SELECT " + uuid + ", engine FROM system.databases WHERE name = " + name;
    case ObjectType::function:
      return "SELECT '', create_query FROM system.functions WHERE name = " + name;
  }
  return {};
}

}  // namespace

State state_of(Connection& connection, const Object& object, const std::string& database) {
  constexpr std::string_view kNoId = "00000000-0000-0000-0000-000000000000";
  const Table rows = connection.ask(query_of(connection, object, database));
  State state{object, !rows.rows.empty(), {}, {}};
  if (!state.present) return state;
  const CellsRow row(rows.rows[0]);
  if (row.text(0) != kNoId) state.uuid = row.text(0);
  state.digest = sha256_hex(row.text(1)).substr(0, 16);
  return state;
}

std::vector<Mutation> mutations_of(Connection& connection, const Object& table,
                                   const std::string& database) {
  const std::string trouble =
      connection.server().tells_of_mutations() ? "latest_fail_reason" : "''";
  std::vector<Mutation> mutations;
  const Table rows = connection.ask(
      "SELECT mutation_id, command, is_done, parts_to_do, " + trouble +
      " FROM system.mutations WHERE database = " + database_of(table, database) +
      " AND table = " + dialect().literal(table.name) + " ORDER BY create_time, mutation_id");
  for (const Table::Cells& cells : rows.rows) {
    const CellsRow row(cells);
    mutations.push_back({std::string(row.text(0)), std::string(row.text(1)), row.integer(2) != 0,
                         row.integer(3), std::string(row.text(4))});
  }
  return mutations;
}

}  // namespace gander::driver::clickhouse
