// SPDX-License-Identifier: MIT
// Scenario: what a campaign runs and breaks. A scenario is a prepared database, one operation on
// it, and the operation that a user would run after a crash.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gander/gander.h"
#include "tests/crash/scenario_files.h"
#include "tests/crash/stage.h"

namespace gander::crash {

using Operate = std::function<void(MigrationRunner&)>;

struct Scenario {
  std::string name;
  std::vector<MemoryFile> files;
  std::vector<FunctionMigration> functions;

  // What the run after the crash finds instead of `files`; empty: the same.
  std::vector<MemoryFile> mended;

  // Before the operation; empty: there is no database yet.
  std::function<void(Stage&)> prepare_stage;
  Operate prepare;

  Operate operation;
  // Safe to repeat. It must end where the undisturbed operation followed by it ends, or, where
  // `may_be_undone` says so, where it ends without the operation.
  Operate recovery;
  bool may_be_undone = false;

  // `recovery` decides by what it sees without the lock whether there is anything to do. It is not
  // begun while the server is still at the last commit of a run that is dead.
  bool looks_first = false;

  // The undisturbed operation fails by intention, with this error; `recovery` is what succeeds.
  bool fails = false;

  // Ends in which the recovery may stop, and how a user then settles the matter.
  std::vector<ErrorCode> stops;
  std::function<void(MigrationRunner&, Stage&)> settle;

  // Another run of `recovery` may happen between any two calls.
  bool may_be_visited = true;
  // So may goose: true where its way of running these files needs no journal.
  bool goose_may_visit = false;

  Commit commit = Commit::automatic;

  // `wait`: how long for other runs.
  MigrationRunner runner(std::unique_ptr<driver::Driver> driver, bool mend,
                         std::chrono::milliseconds wait = {}) const;
};

// All of an engine, in the order in which they are run; `pooled`: those that a pooler in
// transaction mode lets through.
std::vector<Scenario> scenarios(Engine engine, bool pooled = false);

}  // namespace gander::crash
