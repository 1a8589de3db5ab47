// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/meter.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <chrono>
#include <utility>

#include "src/driver/sqlite/connection.h"
#include "src/driver/sqlite/dialect.h"
#include "src/driver/sqlite/file_locks.h"
#include "src/driver/sqlite/lexical.h"
#include "src/sql/words.h"

namespace gander::driver::sqlite {
namespace {

using Clock = std::chrono::steady_clock;

// The states of a lock on the file, https://sqlite.org/lockingv3.html, as SQLITE_FCNTL_LOCKSTATE
// numbers them (SQLITE_LOCK_EXCLUSIVE of https://sqlite.org/c3ref/c_lock_exclusive.html).
constexpr int kExclusive = 4;

std::int64_t integer(const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

std::string text(const Value& value) {
  const auto* string = std::get_if<std::string>(&value);
  return string == nullptr ? std::string() : *string;
}

// VACUUM INTO writes another file.
bool vacuums(std::string_view sql) {
  sql::Words words(kLexicalRules, sql);
  if (!words.accept("vacuum")) return false;
  for (; !words.done(); words.take()) {
    if (words.peek().is("into")) return false;
  }
  return true;
}

}  // namespace

Meter::Meter(Connection& connection, sqlite3* handle, std::string path)
    : connection_(connection), handle_(handle), path_(std::move(path)) {}

std::int64_t Meter::ask(const char* pragma) {
  return integer(connection_.query("PRAGMA " + std::string(pragma)).rows.at(0).at(0));
}

// A virtual column has nothing to be written.
std::map<std::string, Meter::Known> Meter::relations() {
  constexpr int kVirtual = 2;
  std::string own = "''";
  for (const TableName& name : connection_.options().tables) {
    own += ", " + dialect().literal(name.table);
  }
  std::map<std::string, Known> found;
  for (const auto& row :
       connection_
           .query("SELECT m.name, m.type, m.rootpage, (SELECT count(*) FROM "
                  "pragma_table_xinfo(m.name) WHERE hidden <> " +
                  std::to_string(kVirtual) +
                  ") FROM main.sqlite_master AS m WHERE m.type IN ('table', 'index') AND "
                  "m.rootpage > 0 AND lower(m.tbl_name) NOT IN (" +
                  own + ")")
           .rows) {
    found[text(row[0])] = {text(row[1]), integer(row[2]), integer(row[3])};
  }
  return found;
}

void Meter::begin(Unit unit) {
  unit_ = unit;
  known_ = relations();
  schema_version_ = ask("schema_version");
  wal_ = text(connection_.query("PRAGMA journal_mode").rows.at(0).at(0)) == "wal";
  measures_ = true;
  statements_.clear();
  in_transaction_ = false;
  transactions_ = 0;
}

std::vector<RehearsedStatement> Meter::take() { return std::exchange(statements_, {}); }

std::int64_t Meter::size() { return ask("page_count") * ask("page_size"); }

std::int64_t Meter::written() {
  int pages = 0;
  int unused = 0;
  if (sqlite3_db_status(handle_, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &unused, 0) != SQLITE_OK) {
    return -1;
  }
  return pages * ask("page_size");
}

void Meter::measure(const sql::Statement& statement, const std::function<void()>& run) {
  const int rows_before = sqlite3_total_changes(handle_);
  const Clock::time_point start = Clock::now();
  run();
  const auto duration = Clock::now() - start;
  if (statements_.empty() || statements_.back().number != statement.number) {
    RehearsedStatement& added = statements_.emplace_back();
    added.number = statement.number;
    added.line = statement.place().line;
    added.sql = statement.shown();
  }
  RehearsedStatement& entry = statements_.back();
  entry.duration += duration;
  entry.rows = entry.rows.value_or(0) + sqlite3_total_changes(handle_) - rows_before;
  const bool vacuum = vacuums(statement.text);
  note_lock(vacuum, &entry);
  if (vacuum) {
    entry.rewritten.push_back({"main", "database"});
    known_ = relations();
  } else {
    compare_tables(&entry);
  }
}

void Meter::before_commit() {
  if (unit_ != Unit::transaction || !connection_.in_transaction()) return;
  RehearsedStatement& whole = statements_.emplace_back();
  note_lock(false, &whole);
  compare_tables(&whole);
}

// VACUUM has given its lock back when it answers.
void Meter::note_lock(bool vacuum, RehearsedStatement* result) {
  const bool open = connection_.in_transaction();
  if (open && !in_transaction_) {
    ++transactions_;
    mode_.clear();
  }
  in_transaction_ = open;
  if (open) result->transaction = transactions_;
  if (!open) mode_.clear();
  const bool writes = sqlite3_txn_state(handle_, "main") == SQLITE_TXN_WRITE;
  if (!writes && !vacuum) return;
  int state = 0;
  sqlite3_file_control(handle_, "main", SQLITE_FCNTL_LOCKSTATE, &state);
  // In WAL mode nobody who reads is ever kept out, but by exclusive locking.
  const bool exclusive = vacuum ? !wal_ : state == kExclusive;
  const std::string mode = exclusive ? "EXCLUSIVE" : wal_ ? "WRITE" : "RESERVED";
  if (mode == mode_) return;
  mode_ = open ? mode : "";
  RehearsedLock& lock = result->locks.emplace_back();
  lock.relation = lock.original = "main";
  lock.kind = "database";
  lock.mode = mode;
  lock.stops = exclusive ? LockStops::everybody : LockStops::writers;
  lock.seen = open;
}

// A table that was built anew under its old name has another root page. DROP COLUMN writes the rows
// of the table without the column, where they are (https://sqlite.org/lang_altertable.html).
void Meter::compare_tables(RehearsedStatement* result) {
  const std::int64_t version = ask("schema_version");
  if (version == schema_version_) return;
  schema_version_ = version;
  const std::map<std::string, Known> now = relations();
  for (auto& [name, known] : known_) {
    const auto found = now.find(name);
    if (found == now.end()) continue;
    const bool moved = found->second.root != known.root;
    const bool narrowed = found->second.columns < known.columns;
    known = found->second;
    if (moved || narrowed) result->rewritten.push_back({name, known.kind});
  }
}

// --- the database that a rehearsal is for --------------------------------------------------------

// The whole file is what is locked: its programs, and its size.
void Meter::look_around(std::vector<RehearsedMigration>* migrations) {
  const std::int64_t bytes = size();
  const std::vector<FileLock> holders = locks_of(path_);
  const bool wal = text(connection_.query("PRAGMA journal_mode").rows.at(0).at(0)) == "wal";
  for (RehearsedMigration& migration : *migrations) {
    for (RehearsedStatement& statement : migration.statements) {
      for (RehearsedLock& lock : statement.locks) {
        lock.bytes = bytes;
        for (const FileLock& other : holders) {
          if (wal && lock.stops != LockStops::everybody && !other.writes) continue;
          lock.in_the_way.push_back({other.holder.description(),
                                     other.writes ? "RESERVED" : "SHARED", true,
                                     std::chrono::nanoseconds(0)});
        }
      }
    }
  }
}

std::string Meter::server() { return std::string("SQLite ") + sqlite3_libversion(); }

bool Meter::shares_database(driver::Connection& other) {
  auto* theirs = static_cast<sqlite3*>(other.native_handle());
  const char* path = sqlite3_db_filename(theirs, "main");
  struct stat a{};
  struct stat b{};
  return path != nullptr && ::stat(path_.c_str(), &a) == 0 && ::stat(path, &b) == 0 &&
         a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

std::vector<std::string> Meter::notes(RehearsalCopy /*copy*/) {
  std::vector<std::string> notes = {
      "A transaction keeps every other writer of the file waiting until it ends."};
  if (wal_) {
    notes.emplace_back("Readers wait for nobody (WAL mode).");
  } else {
    notes.emplace_back(
        "Readers wait while it is committed, and the COMMIT waits for them (not in WAL mode).");
  }
  return notes;
}

}  // namespace gander::driver::sqlite
