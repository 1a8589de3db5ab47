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

void check_fits_transaction(const Task& task, const driver::Dialect& dialect) {
  const script::Section& section = task.script->summary().section(task.direction);
  if (section.first_bare_line > 0) {
    ErrorDetails details;
    details.line = section.first_bare_line;
    details.message = "this statement cannot run inside a transaction";
    details.source_line = section.first_bare_sql.substr(0, section.first_bare_sql.find('\n'));
    details.hint =
        "put `-- +goose NO TRANSACTION` at the top of the file, best with this statement "
        "alone in it";
    refuse(*task.migration, std::move(details));
  }
  // PostgreSQL answers such a BEGIN or COMMIT with a warning.
  if (!section.hands_transaction_back && dialect.name() == "sqlite") {
    ErrorDetails details;
    details.message =
        "the file begins or ends a transaction of its own, but a migration already "
        "runs inside one";
    details.hint =
        "remove BEGIN and COMMIT, or put `-- +goose NO TRANSACTION` at the top of the file";
    refuse(*task.migration, std::move(details));
  }
}

// A file may begin and end transactions of its own. Where they are whole they are honoured and
// journaled, statement by statement. Where they are mixed up with the one around the file, or with
// other statements of one unit, only the database knows how they fit, and the file is run as it
// stands.
Mode mode_of(const Task& task) {
  if (task.is_function()) {
    return task.migration->function->transactional ? Mode::transaction : Mode::stepwise;
  }
  const script::Summary& summary = task.script->summary();
  const script::Section& section = summary.section(task.direction);
  if (!summary.transactional) return section.tangled ? Mode::verbatim : Mode::stepwise;
  if (!section.controls_transaction) return Mode::transaction;
  const bool separate = section.keeps_own_transactions && !section.hands_transaction_back;
  return separate && !section.tangled ? Mode::stepwise : Mode::verbatim;
}

Task prepare_step(const plan::Step& step, const Task* last, const driver::Dialect& dialect,
                  const script::Variables& variables, std::int64_t room) {
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
    if (section.error) refuse(*step.migration, *section.error);
    if (task.script->summary().transactional) check_fits_transaction(task, dialect);
  }
  task.mode = mode_of(task);
  return task;
}

}  // namespace

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

Tasks prepare(const plan::Steps& plan, const driver::Dialect& dialect,
              const script::Variables& variables, bool check_all_first) {
  Tasks result;
  result.tasks.reserve(plan.steps.size());
  std::int64_t room = kKeptInAll;
  for (const plan::Step& step : plan.steps) {
    // The second step of a redo shares the script of the first.
    const Task* last = result.tasks.empty() ? nullptr : &result.tasks.back();
    try {
      result.tasks.push_back(prepare_step(step, last, dialect, variables, room));
      const Task& task = result.tasks.back();
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
