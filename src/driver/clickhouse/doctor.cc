// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/doctor.h"

#include <string>

#include "src/driver/clickhouse/connection.h"
#include "src/driver/clickhouse/dialect.h"

namespace gander::driver::clickhouse {
namespace {

void add(DoctorReport* report, Severity severity, const char* check, std::string message,
         std::string hint) {
  report->findings.push_back({severity, check, std::move(message), std::move(hint)});
}

// Asks, and passes over what this version does not have or this user may not see.
Table look(Connection& connection, const std::string& sql) {
  try {
    return connection.ask(sql);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::sql && error.code() != ErrorCode::not_writable) throw;
    return {};
  }
}

void check_version(Connection& connection, DoctorReport* report) {
  const Server& server = connection.server();
  report->server = "ClickHouse " + server.text;
  if (server.has_mutations_sync()) return;
  add(report, Severity::note, "server_version",
      "this server does not tell why a mutation fails, so that one that does is waited for without "
      "end",
      "use version 20.3 or later");
}

void check_replicas(Connection& connection, DoctorReport* report) {
  const Table rows = look(connection,
                          "SELECT database, table FROM system.replicas WHERE is_readonly ORDER BY "
                          "database, table");
  for (const Table::Cells& cells : rows.rows) {
    const CellsRow row(cells);
    add(report, Severity::problem, "read_only_replica",
        "the replica of " + std::string(row.text(0)) + "." + std::string(row.text(1)) +
            " on this server takes no writes",
        "look whether its ZooKeeper or Keeper is up; SYSTEM RESTORE REPLICA where its data there "
        "are lost");
  }
}

void check_mutations(Connection& connection, DoctorReport* report) {
  const bool tells = connection.server().tells_of_mutations();
  const Table rows =
      look(connection, std::string("SELECT database, table, mutation_id, ") +
                           (tells ? "latest_fail_reason" : "''") +
                           ", parts_to_do FROM system.mutations WHERE is_done = 0 ORDER BY "
                           "create_time");
  for (const Table::Cells& cells : rows.rows) {
    const CellsRow row(cells);
    const std::string table = std::string(row.text(0)) + "." + std::string(row.text(1));
    const std::string id(row.text(2));
    const bool fails = !row.text(3).empty();
    add(report, fails ? Severity::problem : Severity::note, "mutations",
        "the mutation " + id + " of " + table +
            (fails ? " fails, and keeps all later ones of the table waiting: " +
                         std::string(row.text(3))
                   : " is under way: " + std::string(row.text(4)) + " parts to do"),
        fails ? "KILL MUTATION WHERE database = '" + std::string(row.text(0)) + "' AND table = '" +
                    std::string(row.text(1)) + "' AND mutation_id = '" + id + "'"
              : "");
  }
}

void check_disks(Connection& connection, DoctorReport* report) {
  const Table rows = look(connection,
                          "SELECT name, path, free_space, total_space FROM system.disks WHERE "
                          "total_space > 0 AND free_space * 20 < total_space");
  for (const Table::Cells& cells : rows.rows) {
    const CellsRow row(cells);
    add(report, Severity::warning, "disk_space",
        "the server's disk " + std::string(row.text(0)) + " (" + std::string(row.text(1)) +
            ") has less than a twentieth free",
        "free space: a mutation writes anew the parts that it changes");
  }
}

// Whose rows would be kept on one server, or be dropped by merges.
void check_own_tables(Connection& connection, const DoctorRequest& about, DoctorReport* report) {
  const TableName& name = about.version_table;
  const Table rows =
      look(connection,
           "SELECT engine FROM system.tables WHERE database = " +
               dialect().literal(name.schema.empty() ? connection.default_schema() : name.schema) +
               " AND name = " + dialect().literal(name.table));
  if (rows.rows.empty()) return;
  const std::string engine(CellsRow(rows.rows[0]).text(0));
  if (engine == "MergeTree") return;
  add(report, Severity::warning, "version_table_engine",
      "the version table has the engine " + engine + ", and not MergeTree",
      "records and the lock are safe on one server with MergeTree alone");
}

void check_log(Connection& connection, DoctorReport* report) {
  const Table rows = look(connection,
                          "SELECT name FROM system.tables WHERE database = 'system' AND name = "
                          "'query_log'");
  if (!rows.rows.empty()) return;
  add(report, Severity::warning, "query_log",
      "the server keeps no log of statements (system.query_log): whether an interrupted INSERT "
      "happened, nobody can tell then",
      "enable query_log in the server's configuration");
}

}  // namespace

void doctor_server(Connection& connection, const DoctorRequest& about, DoctorReport* report) {
  check_version(connection, report);
  check_own_tables(connection, about, report);
  check_log(connection, report);
  check_replicas(connection, report);
  check_mutations(connection, report);
  check_disks(connection, report);
}

}  // namespace gander::driver::clickhouse
