// SPDX-License-Identifier: MIT
#include "src/driver/postgres/meter.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "src/base/host.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/lock_poll.h"
#include "src/driver/postgres/lock_reach.h"
#include "src/driver/postgres/message_shape.h"
#include "src/driver/postgres/original.h"

namespace gander::driver::postgres {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t number(const Value& value) {
  const auto* found = std::get_if<std::int64_t>(&value);
  return found == nullptr ? 0 : *found;
}

std::string text(const Value& value) {
  const auto* string = std::get_if<std::string>(&value);
  return string == nullptr ? std::string() : *string;
}

LockStops stops(LockMode mode) {
  if (conflict(mode, LockMode::access_share)) return LockStops::everybody;
  if (conflict(mode, LockMode::row_exclusive)) return LockStops::writers;
  if (conflict(mode, LockMode::share_update_exclusive)) return LockStops::changes;
  return LockStops::nobody;
}

std::string kind_of(const std::string& relkind) {
  switch (relkind.empty() ? ' ' : relkind.front()) {
    case 'i':
    case 'I':
      return "index";
    case 'S':
      return "sequence";
    case 'v':
      return "view";
    case 'm':
      return "materialized view";
    case 'f':
      return "foreign table";
    case 'c':
      return "type";
    default:
      return "table";
  }
}

// Gander's own tables, and what belongs to them.
std::string own_tables(Connection& connection) {
  std::string list;
  for (const TableName& name : connection.options().tables) {
    const std::string schema = name.schema.empty() ? connection.default_schema() : name.schema;
    list += (list.empty() ? "(" : ", (") + dialect().literal(schema) + ", " +
            dialect().literal(name.table) + ")";
  }
  return list.empty() ? "('', '')" : list;
}

// What a statement locks and nobody asks for by name, TOAST, is left out.
std::string relations_sql(Connection& connection) {
  return "WITH own AS (SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS "
         "n ON n.oid = c.relnamespace WHERE (n.nspname, c.relname) IN (" +
         own_tables(connection) +
         ")) SELECT c.oid::bigint, pg_catalog.format('%I.%I', n.nspname, c.relname), "
         "c.relkind::text, coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)::bigint FROM "
         "pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
         "LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid WHERE n.nspname NOT IN "
         "('pg_catalog', 'pg_toast', 'information_schema') AND n.nspname NOT LIKE 'pg\\_temp\\_%' "
         "AND n.nspname NOT LIKE 'pg\\_toast\\_temp\\_%' AND c.oid NOT IN (SELECT oid FROM own) "
         "AND "
         "(i.indrelid IS NULL OR i.indrelid NOT IN (SELECT oid FROM own)) AND NOT EXISTS (SELECT 1 "
         "FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND "
         "d.objid = c.oid AND d.refclassid = d.classid AND d.refobjid IN (SELECT oid FROM own) AND "
         "d.deptype IN ('a', 'i')) ORDER BY c.oid";
}

}  // namespace

Meter::Meter(Connection& connection) : connection_(connection) {}
Meter::~Meter() = default;

Connection& Meter::helper() {
  if (helper_ == nullptr) {
    SessionOptions options = connection_.options();
    options.waiting = nullptr;
    options.notice = nullptr;
    options.lock_timeout = options.statement_timeout = std::chrono::milliseconds(0);
    helper_ = std::make_unique<Connection>(*connection_.settings(), options, RetryLimits());
  }
  return static_cast<Connection&>(*helper_);
}

std::map<Meter::Relation, Meter::Known> Meter::relations() {
  std::map<Relation, Known> found;
  for (const auto& row : helper().look(relations_sql(connection_)).rows) {
    found.emplace_hint(found.end(), number(row[0]),
                       Known{text(row[1]), kind_of(text(row[2])), number(row[3])});
  }
  return found;
}

void Meter::begin(Unit unit) {
  unit_ = unit;
  known_ = relations();
  if (!measures_) {
    for (const auto& [relation, known] : known_) original_.emplace(relation, known.name);
  }
  measures_ = true;
  statements_.clear();
  transaction_.clear();
  transactions_ = 0;
  held_.clear();
}

std::vector<RehearsedStatement> Meter::take() { return std::exchange(statements_, {}); }

std::int64_t Meter::size() {
  return number(helper()
                    .look("SELECT pg_catalog.pg_database_size(pg_catalog.current_database())")
                    .rows.at(0)
                    .at(0));
}

std::int64_t Meter::written() {
  return number(helper()
                    .look("SELECT (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint")
                    .rows.at(0)
                    .at(0));
}

// The pieces of one unit are one statement.
RehearsedStatement& Meter::entry_for(const sql::Statement& statement) {
  if (!statements_.empty() && statements_.back().number == statement.number) {
    return statements_.back();
  }
  RehearsedStatement& entry = statements_.emplace_back();
  entry.number = statement.number;
  entry.line = statement.place().line;
  entry.sql = statement.shown();
  return entry;
}

void Meter::measure(const sql::Statement& statement, const std::function<void()>& run) {
  RehearsedStatement result;
  const std::int64_t written_before = written();
  const std::int64_t rows_before = connection_.rows_changed();
  const bool locks =
      statement.kind == sql::StatementKind::bare || statement.kind == sql::StatementKind::ordinary;
  if (locks && !connection_.in_transaction()) {
    measure_outside(statement, run, &result);
  } else {
    const Clock::time_point start = Clock::now();
    run();
    result.duration = Clock::now() - start;
  }
  // Behind SET TRANSACTION no query may come before the next of its kind, and a setting locks
  // nothing.
  const bool looks = statement.last_piece && statement.kind != sql::StatementKind::session;
  if (looks && connection_.in_transaction()) read_locks(&result);
  RehearsedStatement& entry = entry_for(statement);
  entry.duration += result.duration;
  entry.written = entry.written.value_or(0) + written() - written_before;
  entry.rows = entry.rows.value_or(0) + connection_.rows_changed() - rows_before;
  entry.transaction = result.transaction;
  entry.polled = result.polled;
  std::ranges::move(result.locks, std::back_inserter(entry.locks));
  std::ranges::move(result.rewritten, std::back_inserter(entry.rewritten));
}

void Meter::measure_outside(const sql::Statement& statement, const std::function<void()>& run,
                            RehearsedStatement* result) {
  const std::set<Lock> known = locks_known(statement);
  std::set<Lock> seen;
  {
    LockPoll poll(*connection_.settings(),
                  std::to_string(libpq().PQbackendPID(connection_.wire().handle())));
    const Clock::time_point start = Clock::now();
    run();
    result->duration = Clock::now() - start;
    seen = poll.stop();
  }
  result->polled = true;
  for (const Lock& lock : seen) add_lock(lock, true, result);
  for (const Lock& lock : known) {
    if (!seen.contains(lock)) add_lock(lock, false, result);
  }
  compare_files(result);
}

// What the commands of the unit are known to take.
std::set<Meter::Lock> Meter::locks_known(const sql::Statement& statement) {
  const std::vector<LockNeeds> all = needs_of(statement.text);
  LockReach reach(helper(), all);
  const int version = libpq().PQserverVersion(connection_.wire().handle());
  std::set<Lock> locks;
  for (const LockNeeds& needs : all) {
    for (const LockNeed& need : needs.needs) {
      if (need.waits || need.since > version) continue;
      for (const LockReach::Lock& lock : reach.locks(need)) locks.emplace(lock.relation, lock.mode);
    }
  }
  return locks;
}

void Meter::before_commit() {
  if (unit_ != Unit::transaction || !connection_.in_transaction()) return;
  connection_.flush();
  read_locks(&statements_.emplace_back());
}

// In the transaction, which has all that it has taken so far.
void Meter::read_locks(RehearsedStatement* result) {
  const Rows rows = connection_.look(
      "SELECT l.relation::bigint, l.mode, l.virtualtransaction, "
      "coalesce(pg_catalog.pg_relation_filenode(l.relation), 0)::bigint FROM pg_catalog.pg_locks "
      "AS l WHERE l.locktype = 'relation' AND l.granted AND l.pid = pg_catalog.pg_backend_pid() "
      "ORDER BY l.relation");
  for (const auto& row : rows.rows) {
    if (text(row[2]) != transaction_) {
      transaction_ = text(row[2]);
      ++transactions_;
      held_.clear();
    }
    const std::optional<LockMode> mode = lock_mode_of(text(row[1]));
    const auto known = known_.find(number(row[0]));
    if (!mode || known == known_.end()) continue;
    const Lock lock(known->first, *mode);
    if (held_.insert(lock).second) add_lock(lock, true, result);
    note_file(&known->second, number(row[3]), result);
  }
  result->transaction = transactions_;
}

void Meter::add_lock(const Lock& lock, bool seen, RehearsedStatement* result) const {
  const auto known = known_.find(lock.first);
  if (known == known_.end()) return;
  RehearsedLock& added = result->locks.emplace_back();
  added.relation = known->second.name;
  added.kind = known->second.kind;
  added.mode = lock_mode_name(lock.second);
  added.stops = stops(lock.second);
  added.seen = seen;
  const auto original = original_.find(lock.first);
  if (original != original_.end()) added.original = original->second;
}

// `file`: the one it has now; 0: it is gone.
void Meter::note_file(Known* known, std::int64_t file, RehearsedStatement* result) const {
  if (file == 0 || known->file == 0 || file == known->file) return;
  known->file = file;
  result->rewritten.push_back({known->name, known->kind});
}

// After a statement outside a transaction. What was made anew beside the old one has its name now.
void Meter::compare_files(RehearsedStatement* result) {
  const std::map<Relation, Known> now = relations();
  std::map<std::string, std::int64_t> by_name;
  for (const auto& [relation, found] : now) by_name[found.name] = found.file;
  for (auto& [relation, known] : known_) {
    const auto same = now.find(relation);
    const auto named = by_name.find(known.name);
    if (same != now.end()) {
      note_file(&known, same->second.file, result);
    } else if (named != by_name.end()) {
      note_file(&known, named->second, result);
    }
  }
}

// --- the database that a rehearsal is for --------------------------------------------------------

void Meter::look_around(std::vector<RehearsedMigration>* migrations) {
  Original(connection_).fill(migrations);
}

std::string Meter::server() {
  return "PostgreSQL " + connection_.query_text(
                             "SELECT pg_catalog.split_part(pg_catalog.current_setting("
                             "'server_version'), ' ', 1)");
}

// Neither name nor number tells: a copy of a server's files has those of the original. A lock that
// the other session sees is of the same server.
bool Meter::shares_database(driver::Connection& other) {
  const std::string id = random_id();
  std::uint64_t key = 0;
  std::from_chars(id.data(), id.data() + id.size(), key, 16);
  const auto high = std::to_string(key >> 33U);
  const auto low = std::to_string(key & 0x7fffffffU);
  // A pooler may give each transaction another session.
  std::optional<Transaction> transaction;
  if (connection_.pooled()) transaction.emplace(connection_);
  connection_.look("SELECT pg_catalog.pg_advisory_" + std::string(transaction ? "xact_" : "") +
                   "lock(" + high + ", " + low + ")");
  const Rows rows = static_cast<Connection&>(other).look(
      "SELECT 1 FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND classid::bigint = " +
      high + " AND objid::bigint = " + low +
      " AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
      "pg_catalog.current_database())");
  if (!transaction) {
    connection_.look("SELECT pg_catalog.pg_advisory_unlock(" + high + ", " + low + ")");
  }
  return !rows.rows.empty();
}

std::vector<std::string> Meter::notes(RehearsalCopy copy) {
  std::vector<std::string> notes;
  if (copy == RehearsalCopy::schema) {
    notes.emplace_back(
        "The copy has the schema and no rows: locks and rewrites are what they will be, and times "
        "are not.");
  }
  notes.emplace_back("Bytes of WAL are those of the whole server while the statement ran.");
  return notes;
}

}  // namespace gander::driver::postgres
