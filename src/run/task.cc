// SPDX-License-Identifier: MIT
#include "src/run/task.h"

#include <algorithm>
#include <utility>

namespace gander::run {
namespace {

// What all scripts of a plan together may keep in memory; those behind are read again when they
// run.
constexpr std::int64_t kKeptInAll = 16 * 1024 * 1024;

[[noreturn]] void refuse(const source::Migration& migration, ErrorDetails details) {
  details.code = ErrorCode::invalid_migration;
  if (details.file.empty()) details.file = migration.place;
  details.version = migration.version;
  throw Error(std::move(details));
}

[[noreturn]] void refuse(const source::Migration& migration, const script::Spot& spot,
                         const char* message, const char* hint) {
  ErrorDetails details;
  details.line = spot.line;
  details.column = spot.column;
  details.source_line = spot.source_line;
  details.message = message;
  details.hint = hint;
  refuse(migration, std::move(details));
}

void check_fits_transaction(const Task& task, const driver::Dialect& dialect) {
  const script::Section& section = task.script->summary().section(task.direction);
  if (section.first_bare) {
    refuse(*task.migration, section.first_bare, "this statement cannot run inside a transaction",
           "put `-- +goose NO TRANSACTION` at the top of the file, best with this statement alone "
           "in it");
  }
  if (!script::returns_transaction(section.shape) && dialect.refuses_nested_begin()) {
    ErrorDetails details;
    details.message =
        "the file begins or ends a transaction of its own, but a migration already "
        "runs inside one";
    details.hint =
        "remove BEGIN and COMMIT, or put `-- +goose NO TRANSACTION` at the top of the file";
    refuse(*task.migration, std::move(details));
  }
}

// What would be recorded as done and not be there, and what the server never takes.
void check_statements(const Task& task, const driver::Dialect& dialect) {
  const script::Section& section = task.script->summary().section(task.direction);
  if (section.first_undo) {
    refuse(*task.migration, section.first_undo,
           "this undoes what the file has done, which would be recorded as applied",
           "remove it: a migration that fails is rolled back as a whole; what is only to be tried "
           "out belongs between SAVEPOINT and ROLLBACK TO");
  }
  if (section.first_crowded && dialect.grammar().units_are_transactions) {
    refuse(*task.migration, section.first_crowded,
           "this statement cannot share its line or block with others: the server runs those in "
           "one transaction, and it refuses one",
           "put each statement on a line of its own, outside of StatementBegin and StatementEnd");
  }
}

void check_annotations(const Task& task, bool exact, std::vector<std::string>* warnings) {
  for (const ErrorDetails& found : task.script->summary().section(task.direction).lookalikes) {
    if (exact) refuse(*task.migration, found);
    warnings->push_back(task.migration->place + ":" + std::to_string(found.line) + ": " +
                        found.message + "; " + found.hint);
  }
}

struct ModeRow {
  script::TransactionShape shape;
  Mode migration;  // Atomicity::migration, in a transaction
  Mode statement;  // Atomicity::statement, whose transactions do not outlast a change of a schema
  Mode alone;      // both of them, with NO TRANSACTION
  Mode none;       // Atomicity::none
};

// A file may begin and end transactions of its own. Where they are whole they are honoured and
// journaled, statement by statement. Where they are mixed up with the one around the file, or with
// other statements of one unit, only the database knows how they fit, and the file is run as it
// stands.
constexpr ModeRow kModes[] = {
    {script::TransactionShape::none, Mode::transaction, Mode::stepwise, Mode::stepwise,
     Mode::witnessed},
    {script::TransactionShape::savepoint, Mode::transaction, Mode::stepwise, Mode::verbatim,
     Mode::verbatim},
    {script::TransactionShape::own, Mode::stepwise, Mode::stepwise, Mode::stepwise, Mode::verbatim},
    {script::TransactionShape::returned, Mode::verbatim, Mode::stepwise, Mode::stepwise,
     Mode::verbatim},
    {script::TransactionShape::returned_tangled, Mode::verbatim, Mode::verbatim, Mode::verbatim,
     Mode::verbatim},
    {script::TransactionShape::loose, Mode::verbatim, Mode::stepwise, Mode::stepwise,
     Mode::verbatim},
    {script::TransactionShape::tangled, Mode::verbatim, Mode::verbatim, Mode::verbatim,
     Mode::verbatim},
};

Mode mode_of_task(const Task& task, driver::Atomicity atomicity) {
  if (task.is_function()) {
    const bool whole = task.migration->function->transactional;
    return whole && atomicity == driver::Atomicity::migration ? Mode::transaction : Mode::stepwise;
  }
  const script::Summary& summary = task.script->summary();
  return mode_of(summary.section(task.direction).shape, summary.transactional, atomicity);
}

// A redo of what cannot be undone would take the record away and then fail on what is still there.
void check_undoes(const Task& task, const Task* before) {
  const bool redo = before->migration == task.migration && before->direction == Direction::down &&
                    task.direction == Direction::up;
  if (!redo || before->statement_count() > 0 || task.statement_count() == 0) return;
  ErrorDetails details;
  details.message = task.is_function()
                        ? "this migration has no function for down, so it cannot be redone"
                        : "this file has nothing in its Down section, so it cannot be redone";
  details.hint = "write after `-- +goose Down` what undoes it";
  refuse(*task.migration, std::move(details));
}

Task prepare_step(const plan::Step& step, const Task* last, const driver::Dialect& dialect,
                  const script::Variables& variables, std::int64_t room, bool exact_annotations,
                  std::vector<std::string>* warnings) {
  const driver::Atomicity atomicity = dialect.atomicity();
  Task task;
  task.migration = step.migration;
  task.direction = step.direction;
  if (!task.is_function()) {
    task.script =
        last != nullptr && last->migration == step.migration
            ? last->script
            : std::make_shared<const Script>(*step.migration, dialect.grammar(), variables,
                                             std::min(room, Script::kKeptBytes));
    const script::Section& section = task.script->summary().section(step.direction);
    // What is lost behind a misspelt annotation may well be an error, and not the first one.
    check_annotations(task, exact_annotations, warnings);
    if (section.error) refuse(*step.migration, *section.error);
    check_statements(task, dialect);
    task.wrapped = task.script->summary().transactional && atomicity != driver::Atomicity::none;
    if (task.wrapped && atomicity == driver::Atomicity::migration) {
      check_fits_transaction(task, dialect);
    }
  }
  task.mode = mode_of_task(task, atomicity);
  return task;
}

}  // namespace

Mode mode_of(script::TransactionShape shape, bool wrapped, driver::Atomicity atomicity) {
  const auto* row = std::ranges::find(kModes, shape, &ModeRow::shape);
  if (atomicity == driver::Atomicity::none) return row->none;
  if (!wrapped) return row->alone;
  return atomicity == driver::Atomicity::migration ? row->migration : row->statement;
}

const std::function<void(Connection&)>* Task::function() const {
  if (!is_function()) return nullptr;
  const auto& chosen =
      direction == Direction::up ? migration->function->up : migration->function->down;
  return chosen ? &chosen : nullptr;
}

std::int64_t Task::statement_count() const {
  if (is_function()) return function() == nullptr ? 0 : 1;
  return script->summary().section(direction).statements;
}

MigrationResult result_of(const Task& task) {
  MigrationResult result;
  result.version = task.migration->version;
  result.name = task.migration->name;
  result.direction = task.direction;
  result.empty = task.statement_count() == 0;
  result.statements = task.statement_count();
  return result;
}

Tasks prepare(const plan::Steps& plan, const driver::Dialect& dialect,
              const script::Variables& variables, bool check_all_first, bool exact_annotations) {
  Tasks result;
  result.tasks.reserve(plan.steps.size());
  std::int64_t room = kKeptInAll;
  for (const plan::Step& step : plan.steps) {
    // The second step of a redo shares the script of the first.
    const Task* last = result.tasks.empty() ? nullptr : &result.tasks.back();
    try {
      result.tasks.push_back(
          prepare_step(step, last, dialect, variables, room, exact_annotations, &result.warnings));
      const Task& task = result.tasks.back();
      // As goose, without the check: the record goes, and its Up section runs again.
      const std::size_t count = result.tasks.size();
      if (check_all_first && count > 1) check_undoes(task, &result.tasks[count - 2]);
      if (task.script != nullptr) room -= task.script->kept_bytes();
    } catch (const Error& error) {
      if (check_all_first) throw;
      result.defect = error;
      break;
    }
  }
  return result;
}

}  // namespace gander::run
