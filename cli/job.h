// SPDX-License-Identifier: MIT
// Job: the runner of one command at work. What it does is shown while it lasts, and SIGINT and
// SIGTERM stop it.
#pragma once

#include <string_view>

#include "cli/call.h"
#include "cli/output/progress.h"
#include "cli/signals.h"

namespace gander::cli {

class Job {
 public:
  // With `what`, protected databases are asked about first (Call::confirm()), while a signal still
  // ends the program.
  explicit Job(Call& call, std::string_view what = {})
      : progress_(call.console()),
        runner_(call.runner(&progress_)),
        signals_(confirmed(call, what, runner_)) {}

  MigrationRunner& runner() { return runner_; }
  MigrationRunner* operator->() { return &runner_; }

 private:
  static MigrationRunner& confirmed(Call& call, std::string_view what, MigrationRunner& runner) {
    if (!what.empty()) call.confirm(what);
    return runner;
  }

  Progress progress_;
  MigrationRunner runner_;
  SignalScope signals_;
};

}  // namespace gander::cli
