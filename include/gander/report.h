// SPDX-License-Identifier: MIT
// Report, Status, Plan, HistoryEntry: what operations return. Plain values, safe to copy and keep.
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
#include "gander/schema.h"
#include "gander/time.h"

namespace gander {

// Stored in side tables: never renumber.
enum class Direction : int { down = 0, up = 1 };

[[nodiscard]] GANDER_EXPORT const char* direction_name(
    Direction direction) noexcept;  // "up" or "down"

// One migration that a run executed and recorded.
struct MigrationResult {
  std::int64_t version = 0;
  std::string name;  // base name of the file, or the function's name
  Direction direction = Direction::up;
  bool empty = false;              // nothing to execute in this direction
  std::int64_t statements = 0;     // executed by this run (a resumed run counts only its own)
  std::int64_t resumed_after = 0;  // statements that an earlier run had completed
  std::chrono::nanoseconds duration{0};
};

// What a server said while it did what it was told (PostgreSQL's NOTICE, WARNING, INFO).
struct ServerNotice {
  std::string severity;
  std::string text;        // may have several lines
  std::int64_t count = 1;  // how often it was said
};

// What one operation did.
struct Report {
  std::vector<MigrationResult> migrations;  // in the order in which they were executed
  std::int64_t version = 0;                 // of the database after the operation
  // False: the connection was lost for good, and what it was last sent may have happened. `version`
  // and `pending` then say what is certain.
  bool version_known = true;
  std::int64_t pending = 0;  // migrations still to apply
  std::chrono::nanoseconds duration{0};
  std::string backup;                 // path of the backup file, when one was made
  std::vector<std::string> warnings;  // one sentence each
  std::vector<ServerNotice> notices;  // each once, the first thousand

  bool changed() const noexcept { return !migrations.empty(); }
};

// The names of these states (migration_state_name) are printed by `status --json`: never rename.
enum class MigrationState {
  pending,   // in the source, not applied
  applied,   // applied, and the file is what was applied (or nothing is known against it)
  edited,    // applied, but the file has changed since
  missing,   // applied, but no longer in the source
  active,    // partly run: a non-transactional migration that stopped after `statements_done`
  in_doubt,  // partly run, and one statement may or may not have happened: see `resolve`
};

[[nodiscard]] GANDER_EXPORT const char* migration_state_name(MigrationState state) noexcept;

struct MigrationStatus {
  std::int64_t version = 0;
  std::string name;  // empty for a version that only the database knows and no history names
  MigrationState state = MigrationState::pending;
  bool out_of_order = false;  // pending, though a newer version is applied
  // Not known if not applied. goose keeps no zone: the row of a PostgreSQL session is taken to be
  // of the zone that sessions have now.
  std::optional<Time> applied_at = {};
  std::string tstamp;      // what the version table has in place of a time, if it is none
  std::string applied_by;  // user@host from the history; empty if goose applied it
  std::chrono::nanoseconds duration{0};
  std::string checksum;  // SHA-256 in hex of what was applied; "none": accepted without a file
  std::int64_t statements_done = 0;   // for active and in_doubt
  std::int64_t statements_total = 0;  // the same; 0 when the file runs as a whole
  // For active and in_doubt: the way that it is half way, up or down.
  Direction direction = Direction::up;
  std::string detail;  // active, in_doubt: what stopped it; pending: why up() passes over it
  std::string hint;    // for active and in_doubt: what to do next
};

struct Status {
  std::vector<MigrationStatus> migrations;  // by version
  bool table_exists = false;                // the version table is there
  std::int64_t rows = 0;                    // in the version table, its row for version 0 included
  std::int64_t version = 0;                 // most recently applied version, 0 if none
  std::int64_t latest = 0;                  // highest version in the source
  std::int64_t applied = 0;
  std::int64_t pending = 0;
  std::int64_t edited = 0;
  std::int64_t missing = 0;
  std::int64_t unfinished = 0;  // active or in doubt
  Drift drift;
  std::vector<std::string> warnings;
};

struct PlannedStatement {
  std::int64_t line = 0;
  std::string sql;
};

struct PlanStep {
  std::int64_t version = 0;
  std::string name;
  Direction direction = Direction::up;
  bool transactional = true;
  bool function = false;           // a C++ function: it has no statements to show
  std::int64_t resumed_after = 0;  // statements that an earlier run has completed
  std::int64_t statement_count = 0;
  // Filled when asked for; without those that an earlier run has completed.
  std::vector<PlannedStatement> statements;
  std::string reason;  // why it runs, one sentence
};

// What an operation would do. A plan that cannot run is thrown as the Error the run would throw,
// also where a half-run migration is in its way or in doubt.
struct Plan {
  std::vector<PlanStep> steps;
  std::int64_t version = 0;        // of the database now
  std::int64_t version_after = 0;  // when all steps have run
  std::vector<std::string> warnings;
  // For the database's own client, when asked for: see MigrationRunner::plan_script().
  std::string script;
};

// What the source holds, without a database.
struct ValidatedMigration {
  std::int64_t version = 0;
  std::string name;
  bool function = false;
  bool transactional = true;
  std::int64_t statements_up = 0;
  std::int64_t statements_down = 0;
  std::string checksum;
};

struct Validation {
  std::vector<ValidatedMigration> migrations;  // by version
  std::vector<ErrorDetails> defects;           // of files, in the same order; empty: all is well
};

// Why a row was written to the history table. Names are stored there: never rename.
enum class HistoryEvent { applied, reverted, failed, adopted, accepted, resolved };

[[nodiscard]] GANDER_EXPORT const char* history_event_name(HistoryEvent event) noexcept;

// One row of the history table, oldest first. docs/formats.md describes the table.
struct HistoryEntry {
  std::int64_t id = 0;
  std::optional<Time> at =
      {};              // by the server's clock; unknown: somebody has put there what is none
  std::string run_id;  // the same for all rows of one run
  HistoryEvent event = HistoryEvent::applied;
  std::int64_t version = 0;
  std::string name;
  std::string checksum;
  std::int64_t statements = 0;
  std::chrono::nanoseconds duration{0};
  std::string actor;   // user@host
  std::string tool;    // "gander 0.1.0"
  std::string detail;  // the error of a failed run, the reason of accept and resolve
};

}  // namespace gander

#endif
