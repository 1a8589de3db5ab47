// SPDX-License-Identifier: MIT
#include "src/run/half_run.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "src/run/executor.h"

namespace gander::run {
namespace {

using store::JournalRow;
using store::JournalState;

bool is_whole(const JournalRow& row) { return row.total == 0; }

bool asks(const JournalRow& row) {
  return row.state == JournalState::undecided || (is_whole(row) && row.running > 0);
}

std::string statements_done(const JournalRow& row) {
  return row.done == 1 ? "statement 1 has already run"
                       : "statements 1 to " + std::to_string(row.done) + " have already run";
}

constexpr const char* kUntold =
    "a run has stopped in a script that begins and ends transactions of its own, and nobody can "
    "tell how far it has come";

// Statements 1 to `done` against the fingerprint of what has run.
void check_text(const Task& task, const JournalRow& row) {
  const std::unique_ptr<Script::Statements> statements = task.script->statements(task.direction);
  sql::Statement statement;
  std::string chain;
  Sha256 unit;
  bool begun = false;
  while ((*statements)->next(&statement) && statement.number <= row.done) {
    if (!begun) unit = store::extend_chain(chain);
    begun = !statement.last_piece;
    unit.update(statement.shown());
    if (!statement.last_piece) continue;
    chain = unit.hex_digest();
    if (statement.number == row.done && chain != row.chain) {
      throw driver::statement_error(statement, 0, changed_since(row));
    }
  }
}

}  // namespace

bool is_superseded(const JournalRow& row, const store::AppliedSet& applied) {
  return applied.contains(row.version) == (row.direction == Direction::up);
}

std::string superseded_text(const JournalRow& row) {
  const std::string version = std::to_string(row.version);
  return "the journal says of version " + version + " that it is half way " +
         direction_name(row.direction) +
         ", and the version table that another tool has completed it; `MigrationRunner::resolve(" +
         version + ", Resolution::abandon)` clears the journal";
}

bool is_in_doubt(const JournalRow& row) {
  return row.running > 0 || row.state == JournalState::undecided;
}

std::string progress_text(const JournalRow& row) {
  if (!is_whole(row)) {
    return std::to_string(row.done) + " of " + std::to_string(row.total) + " statements are done";
  }
  if (row.done > 0) return "all of it is done, but not recorded";
  return asks(row) ? "it runs as a whole, and nobody can tell how far it has come"
                   : "it runs as a whole, and nothing of it is done";
}

std::string way_on(const JournalRow& row) {
  const std::string resolve = "`MigrationRunner::resolve(" + std::to_string(row.version) + ")`";
  const std::string command =
      std::string("`MigrationRunner::") + direction_name(row.direction) + "()`";
  if (asks(row)) {
    return "look at the database, then " + resolve +
           (is_whole(row) ? " with Resolution::done if all of it happened, Resolution::redo to run "
                            "it again from its first statement, Resolution::abandon to give it up"
                          : " with Resolution::done if the statement happened, Resolution::redo if "
                            "it did not, Resolution::abandon to give the migration up");
  }
  if (row.running > 0) {
    return command + " looks whether statement " + std::to_string(row.running) +
           " happened; what the database cannot tell, " + resolve + " settles";
  }
  if (is_whole(row) && row.done > 0) return command + " records it";
  if (row.done == 0) return command + " runs it from its first statement";
  return command + " goes on after statement " + std::to_string(row.done);
}

bool continues(std::span<const Task> tasks, const JournalRow& row) {
  return std::ranges::any_of(tasks, [&](const Task& task) {
    return task.migration->version == row.version && task.direction == row.direction;
  });
}

bool is_in_the_way(const JournalRow& row, std::span<const Task> tasks,
                   const store::AppliedSet& applied) {
  return !is_superseded(row, applied) && !continues(tasks, row);
}

Error half_way(const JournalRow& row) {
  ErrorDetails details;
  details.code = ErrorCode::in_doubt;
  details.version = row.version;
  const std::string version = std::to_string(row.version);
  const std::string direction = direction_name(row.direction);
  details.message = "version " + version + " is half way " + direction + ": " + progress_text(row);
  if (asks(row) && !is_whole(row)) {
    details.message += ", and it is in doubt whether the next one happened";
  }
  details.hint = asks(row)
                     ? way_on(row)
                     : "finish it first with `MigrationRunner::" + direction +
                           "()`, or settle it with `MigrationRunner::resolve(" + version + ")`";
  return Error(std::move(details));
}

Error doubt(const JournalRow& row, const std::string& why) {
  JournalRow asking = row;
  asking.state = JournalState::undecided;
  ErrorDetails details;
  details.code = ErrorCode::in_doubt;
  details.version = row.version;
  if (!is_whole(row)) details.statement = row.done + 1;
  details.message = "version " + std::to_string(row.version) + " is in doubt: " + why;
  details.hint = way_on(asking);
  return Error(std::move(details));
}

ErrorDetails changed_since(const JournalRow& row) {
  ErrorDetails details;
  details.code = ErrorCode::edited;
  details.message = "statements 1 to " + std::to_string(row.done) +
                    " have already run, and their text has changed since";
  details.hint =
      "restore them as they were (new statements may follow), or settle it with "
      "`MigrationRunner::resolve(" +
      std::to_string(row.version) + ", Resolution::abandon)`";
  return details;
}

Error fewer_statements(const JournalRow& row, std::int64_t statements) {
  return Error(ErrorCode::edited,
               "the file has fewer statements than have already run: " +
                   std::to_string(statements) + " instead of " + std::to_string(row.done),
               "restore the file, or settle it with `MigrationRunner::resolve()`");
}

bool starts_over(const Task& task, const JournalRow& row) {
  return task.mode == Mode::transaction && row.done == 0 && !is_in_doubt(row);
}

void check_half_run(const JournalRow& row, std::vector<Task>* tasks,
                    const store::AppliedSet& applied) {
  if (is_superseded(row, applied)) return;
  if (!continues(*tasks, row)) throw half_way(row);
  for (Task& task : *tasks) {
    const bool same = task.migration->version == row.version && task.direction == row.direction;
    if (!same || task.mode != Mode::transaction || starts_over(task, row)) continue;
    if (asks(row))
      throw in_migration(doubt(row, row.error.empty() ? kUntold : row.error), *task.migration);
    if (is_whole(row)) {
      task.mode = Mode::verbatim;
      continue;
    }
    const std::string what = row.running > 0
                                 ? "statement " + std::to_string(row.running) + " was interrupted"
                                 : statements_done(row);
    throw in_migration(
        Error(ErrorCode::edited,
              what + " without a transaction, and the file now asks for one around all of it",
              "restore `-- +goose NO TRANSACTION`, or undo by hand what has run and settle it with "
              "`MigrationRunner::resolve(" +
                  std::to_string(row.version) + ", Resolution::abandon)`"),
        *task.migration);
  }
}

void check_form(const Task& task, const JournalRow& row) {
  const bool whole = is_whole(row);
  const bool verbatim = task.mode == Mode::verbatim;
  if (row.running > 0 && (whole || verbatim)) throw doubt(row, kUntold);
  if (whole || row.done == 0 || !verbatim) return;
  throw Error(ErrorCode::edited,
              statements_done(row) + ", and the file now mixes transactions with other statements",
              "restore the file, or settle it with `MigrationRunner::resolve(" +
                  std::to_string(row.version) + ", Resolution::abandon)`");
}

void check_resumption(const Task& task, const JournalRow& row) {
  if (row.state == JournalState::undecided) throw doubt(row, row.error);
  if (task.is_function()) {
    if (row.running > 0) throw doubt(row, "the run stopped while its function was executing");
    return;
  }
  check_form(task, row);
  if (is_whole(row) || row.done == 0) return;
  check_text(task, row);
  if (row.done > task.statement_count()) throw fewer_statements(row, task.statement_count());
}

std::int64_t resumed_after(const Task& task, const JournalRow& row) {
  if (starts_over(task, row)) return 0;
  return is_whole(row) && row.done > 0 ? task.statement_count() : row.done;
}

std::string resumption_reason(const Task& task, const JournalRow& row) {
  if (is_whole(row) && row.done > 0) return "half way, only its record is missing";
  if (starts_over(task, row) || (row.done == 0 && row.running == 0)) {
    return "half way, begins again";
  }
  if (row.running > 0) {
    return "half way, looks first whether statement " + std::to_string(row.running) + " happened";
  }
  return "half way, goes on after statement " + std::to_string(row.done);
}

}  // namespace gander::run
