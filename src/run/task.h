// SPDX-License-Identifier: MIT
// Task: one step of a plan with its script read and found fit to run.
#pragma once

#include <memory>
#include <vector>

#include "src/driver/driver.h"
#include "src/plan/plan.h"
#include "src/run/script.h"

namespace gander::run {

// How a task is executed.
enum class Mode {
  transaction,  // all statements, the version row and the history share one transaction
  stepwise,     // one statement at a time with the journal
};

struct Task {
  const source::Migration* migration = nullptr;
  Direction direction = Direction::up;
  Mode mode = Mode::transaction;
  std::shared_ptr<const Script> script;  // shared by the two steps of a redo; null for functions

  // The function of this direction; empty for scripts and for functions that are not given.
  const std::function<void(Connection&)>* function() const;
  bool is_function() const { return migration->kind == source::Kind::function; }
  std::int64_t statement_count() const;
  std::string checksum() const { return script == nullptr ? "" : script->summary().checksum; }
};

// Reads and checks every script of the plan. Throws Error(invalid_migration) for the first file
// that cannot run: it cannot be parsed, or holds a statement that does not fit its transaction.
// Nothing has been executed then.
std::vector<Task> prepare(const plan::Steps& plan, const driver::Dialect& dialect,
                          const script::Environment& environment);

}  // namespace gander::run
