// SPDX-License-Identifier: MIT
#include "src/driver/client_script.h"

#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/lease.h"

namespace gander::driver::postgres {
namespace {

std::string guard(const std::string& condition, std::string_view message) {
  return "DO $gander$ BEGIN IF NOT (" + condition + ") THEN RAISE EXCEPTION " +
         dialect().literal(message) + "; END IF; END $gander$;\n";
}

std::string absent(const TableName& table) {
  const std::string schema = table.schema.empty() ? "" : dialect().quote(table.schema) + ".";
  return "pg_catalog.to_regclass(" + dialect().literal(schema + dialect().quote(table.table)) +
         ") IS NULL";
}

// As a run takes it, see lock.h.
std::string take_lock(const std::string& key) {
  const LockNames names(key);
  return "pg_catalog.pg_try_advisory_lock(" + names.own +
         ") AND pg_catalog.pg_try_advisory_lock_shared(" + names.goose + ")";
}

std::string give_lock(const std::string& key) {
  const LockNames names(key);
  return "DO $gander$ BEGIN PERFORM pg_catalog.pg_advisory_unlock(" + names.own +
         "), pg_catalog.pg_advisory_unlock_shared(" + names.goose + "); END $gander$;\n";
}

}  // namespace

const ClientScriptSql kClientScript = {
    .client = "psql",
    .preamble = "\\set ON_ERROR_STOP on\n",
    .begin = "BEGIN;",
    .guard = guard,
    .absent = absent,
    .take_lock = take_lock,
    .give_lock = give_lock,
    .actor = "session_user || coalesce('@' || pg_catalog.host(pg_catalog.inet_client_addr()), '')",
    .whole = nullptr};

}  // namespace gander::driver::postgres
