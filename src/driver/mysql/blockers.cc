// SPDX-License-Identifier: MIT
#include "src/driver/mysql/blockers.h"

#include <string_view>
#include <utility>

#include "src/driver/mysql/catalogue.h"
#include "src/driver/mysql/connection.h"
#include "src/driver/mysql/dialect.h"

namespace gander::driver::mysql {

const char* const kProcessDescription =
    "CONCAT('session ', p.id, ' (', p.user, '@', SUBSTRING_INDEX(p.host, ':', 1), ', ', "
    "LOWER(p.command), ' for ', CAST(p.time AS SIGNED), ' s)')";
const char* const kThreadDescription =
    "CONCAT('session ', t.processlist_id, ' (', COALESCE(t.processlist_user, ''), '@', "
    "COALESCE(t.processlist_host, ''), ', ', LOWER(t.processlist_command), ' for ', "
    "COALESCE(t.processlist_time, 0), ' s)')";

namespace {

std::string all_of(const char* description) {
  return "SELECT GROUP_CONCAT(DISTINCT " + std::string(description) + " SEPARATOR ', ') FROM ";
}

// The lock that a statement waits for before it begins: of a table, a database, the server.
std::string metadata_sql(const std::string& id) {
  return all_of(kThreadDescription) +
         "performance_schema.metadata_locks AS w JOIN performance_schema.metadata_locks AS g ON "
         "g.object_type = w.object_type AND g.object_schema <=> w.object_schema AND g.object_name "
         "<=> w.object_name AND g.lock_status = 'GRANTED' AND g.owner_thread_id <> "
         "w.owner_thread_id JOIN performance_schema.threads AS t ON t.thread_id = "
         "g.owner_thread_id WHERE w.lock_status = 'PENDING' AND w.owner_thread_id = (SELECT "
         "thread_id FROM performance_schema.threads WHERE processlist_id = " +
         id + ")";
}

// Rows that another transaction has changed, or keeps from being changed.
std::string rows_sql(const std::string& id, bool mariadb) {
  if (mariadb) {
    return all_of(kProcessDescription) +
           "information_schema.innodb_lock_waits AS w JOIN information_schema.innodb_trx AS r ON "
           "r.trx_id = w.requesting_trx_id JOIN information_schema.innodb_trx AS b ON b.trx_id = "
           "w.blocking_trx_id JOIN information_schema.processlist AS p ON p.id = "
           "b.trx_mysql_thread_id WHERE r.trx_mysql_thread_id = " +
           id;
  }
  return all_of(kThreadDescription) +
         "performance_schema.data_lock_waits AS w JOIN performance_schema.threads AS t ON "
         "t.thread_id = w.blocking_thread_id WHERE w.requesting_thread_id = (SELECT thread_id FROM "
         "performance_schema.threads WHERE processlist_id = " +
         id + ")";
}

// With MariaDB's plugin of that name: who holds locks of these tables, and perhaps not the one.
std::string plugin_sql(const std::string& id, const std::string& tables) {
  return all_of(kProcessDescription) +
         "information_schema.metadata_lock_info AS g JOIN information_schema.processlist AS p ON "
         "p.id = g.thread_id WHERE p.id <> " +
         id + " AND p.id <> CONNECTION_ID() AND (" + tables + ")";
}

// Without any of these no server tells who holds the lock of the session `w`: those that may.
std::string suspects_sql(const std::string& id, const std::string& which) {
  return all_of(kProcessDescription) +
         "information_schema.processlist AS p JOIN information_schema.processlist AS w ON w.id = " +
         id + " AND w.state LIKE 'Waiting for % lock' WHERE p.id <> w.id AND p.id <> " +
         "CONNECTION_ID() AND (" + which + ")";
}
const char* const kInTransaction =
    "p.id IN (SELECT trx_mysql_thread_id FROM information_schema.innodb_trx)";
// A session is likelier to be in the way in its own database than in one that it has to name.
const char* const kBusyInTheSameDatabase =
    "p.db <=> w.db AND (p.id IN (SELECT trx_mysql_thread_id FROM information_schema.innodb_trx) OR "
    "(p.command = 'Query' AND p.state NOT LIKE 'Waiting for % lock'))";

}  // namespace

BlockerWatch::BlockerWatch(Connection& watched) : watched_(watched) {}
BlockerWatch::~BlockerWatch() = default;

// Empty where the server does not tell, too.
std::string BlockerWatch::ask(const std::string& sql) {
  try {
    const Rows rows = other_->query(sql);
    return rows.rows.empty() ? std::string() : cell_text(rows.rows[0].at(0));
  } catch (const Error& error) {
    if (!is_refusal(error)) throw;
    return {};
  }
}

// A condition for the tables that the statement names.
std::string BlockerWatch::tables_of(const std::string& id) {
  const Rows rows = other_->query(
      "SELECT info, db FROM information_schema.processlist WHERE state LIKE 'Waiting for % lock' "
      "AND id = " +
      id);
  if (rows.rows.empty()) return {};
  std::string condition;
  for (const Touch& touch : effect_of(cell_text(rows.rows[0].at(0))).touches) {
    const Object& object = touch.object;
    const std::string schema =
        object.schema.empty() ? cell_text(rows.rows[0].at(1)) : object.schema;
    condition += (condition.empty() ? "" : " OR ") +
                 ("(g.table_schema = " + dialect().literal(schema) +
                  " AND g.table_name = " + dialect().literal(object.name) + ")");
  }
  return condition;
}

std::string BlockerWatch::ask() {
  if (other_ == nullptr) other_ = watched_.another();
  if (other_ == nullptr) return {};
  const std::string id = std::to_string(watched_.connection_id());
  const bool mariadb = watched_.server().mariadb;
  what_ = WaitingFor::transaction;
  std::string who = ask(rows_sql(id, mariadb));
  if (!who.empty()) return who;
  what_ = WaitingFor::table;
  who = ask(metadata_sql(id));
  if (!who.empty() || !mariadb) return who;
  const std::string tables = tables_of(id);
  if (!tables.empty()) who = ask(plugin_sql(id, tables));
  if (!who.empty()) return who;
  who = ask(suspects_sql(id, kBusyInTheSameDatabase));
  if (who.empty()) who = ask(suspects_sql(id, kInTransaction));
  return who.empty() ? who : "perhaps " + who;
}

void BlockerWatch::look(std::chrono::milliseconds waited) {
  if (failed_) return;
  try {
    std::string now = ask();
    // The statement may have given up while this was asked.
    if (now.empty()) return;
    blockers_ = std::move(now);
  } catch (const Error&) {
    // Only what is said about the wait is lost.
    failed_ = true;
    return;
  }
  const SessionOptions& options = watched_.options();
  if (options.waiting) options.waiting({blockers_, waited, watched_.lock_limit(), what_});
}

}  // namespace gander::driver::mysql
