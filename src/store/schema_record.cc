// SPDX-License-Identifier: MIT
#include "src/store/schema_record.h"

#include "src/base/sha256.h"
#include "src/types/time.h"

namespace gander::store {
namespace {

// There is one row.
constexpr const char* kId = "1";

std::string is(const std::string& sql, std::int64_t number) {
  return sql + " = " + std::to_string(number);
}

}  // namespace

std::string SchemaRecords::newest_row_sql() const {
  return "(SELECT coalesce(max(id), 0) FROM " + store_.names().version + ")";
}

std::string SchemaRecords::row_count_sql() const {
  return "(SELECT count(*) FROM " + store_.names().version + ")";
}

std::string SchemaRecords::newest_event_sql() const {
  if (!store_.history_exists()) return "0";
  return "coalesce((SELECT id FROM " + store_.names().history +
         " WHERE event NOT IN ('failed', 'accepted') ORDER BY id DESC LIMIT 1), 0)";
}

std::optional<SchemaRecord> SchemaRecords::read() {
  if (!store_.schema_exists() || !store_.version_table_exists()) return std::nullopt;
  store_.act_as_itself();
  std::optional<SchemaRecord> record;
  std::string fingerprint;
  store_.connection().visit(
      "SELECT version_id, " + std::string(store_.dialect().ledger().history_time) +
          ", reader, fingerprint, objects, CASE WHEN newest_row = " + newest_row_sql() +
          " AND row_count = " + row_count_sql() + " AND newest_event = " + newest_event_sql() +
          " THEN 1 ELSE 0 END FROM " + store_.names().schema + " WHERE id = " + kId,
      [&](const driver::Row& row) {
        record = SchemaRecord{.version = row.integer(0),
                              .at = parse_time(row.text(1)),
                              .reader = std::string(row.text(2)),
                              .objects = std::string(row.text(4)),
                              .current = row.integer(5) != 0};
        fingerprint = row.text(3);
      });
  if (record && sha256_hex(record->objects) != fingerprint) {
    throw Error(
        ErrorCode::sql,
        "the record of the schema in " + store_.names().schema + " is not what was written there",
        "drop that table: the next run that changes something makes it anew");
  }
  return record;
}

RecordsMark SchemaRecords::mark() {
  store_.act_as_itself();
  RecordsMark mark;
  store_.connection().visit(
      "SELECT " + newest_row_sql() + ", " + row_count_sql() + ", " + newest_event_sql(),
      [&](const driver::Row& row) { mark = {row.integer(0), row.integer(1), row.integer(2)}; });
  return mark;
}

void SchemaRecords::write(const SchemaRecord& record, const RecordsMark& mark) {
  store_.act_as_itself();
  store_.ensure_schema();
  driver::Connection& connection = store_.connection();
  const std::string unchanged = is(newest_row_sql(), mark.newest_row) + " AND " +
                                is(row_count_sql(), mark.row_count) + " AND " +
                                is(newest_event_sql(), mark.newest_event);
  const auto quoted = [&](const std::string& value) {
    return store_.dialect().literal(connection.storable(value));
  };
  constexpr const char* kColumns[] = {"id",           "run_id",      "version_id",
                                      "reader",       "newest_row",  "row_count",
                                      "newest_event", "fingerprint", "objects"};
  std::string columns;
  std::string again = "at = excluded.at";
  for (const char* column : kColumns) {
    columns += (columns.empty() ? "" : ", ") + std::string(column);
    again += ", " + std::string(column) + " = excluded." + column;
  }
  connection.execute("INSERT INTO " + store_.names().schema + " (" + columns + ") SELECT " + kId +
                     ", " + quoted(store_.author().run_id) + ", " + std::to_string(record.version) +
                     ", " + quoted(record.reader) + ", " + std::to_string(mark.newest_row) + ", " +
                     std::to_string(mark.row_count) + ", " + std::to_string(mark.newest_event) +
                     ", " + quoted(sha256_hex(connection.storable(record.objects))) + ", " +
                     quoted(record.objects) + " WHERE " + unchanged +
                     " ON CONFLICT (id) DO UPDATE SET " + again);
}

}  // namespace gander::store
