// SPDX-License-Identifier: MIT
// Rehearsal: what the pending migrations did to a copy of the database: how long each statement
// took, what it locked, which tables it rewrote, and who would have to be waited for.
//
//   gander::MigrationRunner runner{gander::open("postgres://deploy@db/shop"), migrations};
//   for (const auto& migration : runner.rehearse().migrations) {
//     for (const auto& statement : migration.statements) {
//       for (const auto& lock : statement.locks) {
//         std::printf("%s: %s on %s\n", migration.name.c_str(), lock.mode.c_str(),
//                     lock.relation.c_str());
//       }
//     }
//   }
//
// Plain values, safe to copy and keep.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gander/error.h"
#include "gander/export.h"
#include "gander/target.h"

namespace gander {

// What is rehearsed on. The names (rehearsal_copy_name) are printed by `rehearse --json`: never
// rename.
enum class RehearsalCopy {
  schema,  // a scratch database with the schema and the applied versions, and no rows
  rows,    // a copy of the whole database, made for the rehearsal
  given,   // a database that was named: the migrations stay there
};

[[nodiscard]] GANDER_EXPORT const char* rehearsal_copy_name(RehearsalCopy copy) noexcept;

struct RehearseOptions {
  // Servers: copy the rows, too. Nobody else may be connected to the database while that lasts.
  // (A file of SQLite is always copied whole.)
  bool rows = false;
  // A copy that is there already. It is migrated for real. Not owned. nullptr: one is made, and
  // dropped in the end.
  Target* on = nullptr;
};

// Whom a lock stops, once it is held, and everybody who comes while it is waited for. The names
// (lock_stops_name) are printed by `rehearse --json`: never rename.
enum class LockStops {
  nobody,    // readers and writers go on; what changes the same table's schema may wait
  changes,   // VACUUM and changes of the schema
  writers,   // and INSERT, UPDATE and DELETE
  everybody  // and SELECT
};

[[nodiscard]] GANDER_EXPORT const char* lock_stops_name(LockStops stops) noexcept;

// A session of the database that a rehearsal is for, with a lock that excludes the one in question.
struct LockInTheWay {
  std::string session;               // "pid 4711 (psql, alice, idle in transaction since ...)"
  std::string mode;                  // "ROW EXCLUSIVE"
  bool granted = true;               // false: it waits for the lock itself
  std::chrono::nanoseconds open{0};  // how long its transaction has been open
};

struct RehearsedLock {
  std::string relation;  // as SQL would name it: public.bird; SQLite: main
  // What the database that the rehearsal is for calls it; empty: it is not there, a migration
  // before this one makes it, and it is nobody's yet.
  std::string original = {};
  std::string kind;  // "table", "index", "materialized view"; SQLite: "database"
  std::string mode;  // "ACCESS EXCLUSIVE"
  LockStops stops = LockStops::nobody;
  // From the beginning of the statement that took it to the end of its transaction.
  std::chrono::nanoseconds held{0};
  // False: it was too short to be seen, and the command is known to take it.
  bool seen = true;
  // Of the table in the database that the rehearsal is for, as its statistics estimate; -1: they
  // do not say.
  std::int64_t rows = -1;
  std::int64_t bytes = -1;
  std::vector<LockInTheWay> in_the_way;  // there, now
};

// A relation that was there before the migration and has another file or another place since:
// written anew, or emptied by TRUNCATE.
struct RewrittenRelation {
  std::string relation;
  std::string kind;
};

struct RehearsedStatement {
  // 1-based within its section; 0: all that a function does in its transaction.
  std::int64_t number = 0;
  std::int64_t line = 0;
  std::string sql;
  std::chrono::nanoseconds duration{0};
  // Those of one migration that have the same number share a transaction; 0: it ran in none.
  std::int64_t transaction = 0;
  // True: it ran in no transaction whose locks could be read at its end; they were looked for again
  // and again from another session, and what was held for less than a millisecond may be missing.
  bool polled = false;
  std::optional<std::int64_t> rows;     // changed by it
  std::optional<std::int64_t> written;  // bytes: WAL of the whole server meanwhile (PostgreSQL)
  std::vector<RehearsedLock> locks;     // taken by it, on what was there before the migration
  std::vector<RewrittenRelation> rewritten;
  // What works CONCURRENTLY waits, without keeping anybody out, for the end of these transactions
  // of the database that the rehearsal is for; without a mode: for an old snapshot.
  std::vector<LockInTheWay> waits_for;
};

struct RehearsedMigration {
  std::int64_t version = 0;
  std::string name;
  bool transactional = true;
  bool function = false;  // a C++ function: its transaction, if it has one, is measured as a whole
  std::vector<RehearsedStatement> statements;
  std::chrono::nanoseconds duration{0};
  std::int64_t bytes_before = 0;  // of the copy
  std::int64_t bytes_after = 0;
  std::int64_t written = 0;  // bytes of WAL, or of pages (SQLite)
};

struct Rehearsal {
  RehearsalCopy copy = RehearsalCopy::schema;
  std::string server;                          // "PostgreSQL 15.20"
  std::int64_t version = 0;                    // of the database, before and after
  std::int64_t version_after = 0;              // of the copy
  std::vector<RehearsedMigration> migrations;  // in the order in which they ran
  std::vector<std::string> notes;  // what is to be known of the figures, a sentence each
  // What the run would fail with. The last of `migrations` is the one that failed, unless it did so
  // before its first statement.
  std::optional<ErrorDetails> error;

  // The strongest lock on what is there already, and of equals the one that is held for longest;
  // nullptr: there is none.
  [[nodiscard]] GANDER_EXPORT const RehearsedLock* strongest() const noexcept;
};

}  // namespace gander

#endif
