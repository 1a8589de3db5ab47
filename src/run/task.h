// SPDX-License-Identifier: MIT
// Task: one step of a plan with its script read and found fit to run.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gander/report.h"
#include "src/driver/driver.h"
#include "src/plan/plan.h"
#include "src/run/script.h"

namespace gander::run {

// How a task is executed.
enum class Mode {
  transaction,  // all statements, the version row and the history share one transaction
  stepwise,     // one statement at a time with the journal
  verbatim,     // as it stands, transactions of its own included, with one intent for all of it
  witnessed,    // as stepwise, but no statement shares a transaction with its record: each has an
                // intent before and an outcome after
};

// How a script runs: `wrapped` says that nothing in it asks for no transaction around it.
Mode mode_of(script::TransactionShape shape, bool wrapped, driver::Atomicity atomicity);

struct Task {
  const source::Migration* migration = nullptr;
  Direction direction = Direction::up;
  Mode mode = Mode::transaction;
  bool wrapped = true;                   // verbatim: inside a transaction of ours
  std::shared_ptr<const Script> script;  // shared by the two steps of a redo; null for functions

  // The function of this direction; empty for scripts and for functions that are not given.
  const std::function<void(Connection&)>* function() const;
  bool is_function() const { return migration->kind == source::Kind::function; }
  // Does it begin inside a transaction of ours?
  bool transactional() const {
    return mode == Mode::transaction || (mode == Mode::verbatim && wrapped);
  }
  std::int64_t statement_count() const;
  std::string checksum() const { return script == nullptr ? "" : script->summary().checksum; }
  std::int64_t stamp() const { return script == nullptr ? 0 : script->stamp(); }
};

// What is reported of a task that has run whole, without its duration.
MigrationResult result_of(const Task& task);

// What a plan comes to.
struct Tasks {
  std::vector<Task> tasks;
  std::optional<Error> defect;        // of the first step that is not among the tasks
  std::vector<std::string> warnings;  // of comments that look like annotations, if they may
};

// Reads and checks every script of the plan. A file cannot run when it cannot be parsed or holds a
// statement that does not fit its transaction: with `check_all_first` the first such is thrown as
// Error(invalid_migration), otherwise it ends the list and stands in Tasks::defect. Nothing has
// been executed then. A comment that looks like an annotation and is none is such a defect too, or,
// without `exact_annotations`, a warning.
Tasks prepare(const plan::Steps& plan, const driver::Dialect& dialect,
              const script::Variables& variables, bool check_all_first = true,
              bool exact_annotations = true);

}  // namespace gander::run
