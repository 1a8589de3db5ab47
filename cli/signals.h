// SPDX-License-Identifier: MIT
// SignalScope: while it lives, SIGINT and SIGTERM cancel a runner; the second one ends the process.
#pragma once

#include "gander/migration_runner.h"

namespace gander::cli {

// One at a time in a process, because a signal handler can only reach globals.
class SignalScope {
 public:
  explicit SignalScope(MigrationRunner& runner);  // borrowed
  ~SignalScope();
  SignalScope(const SignalScope&) = delete;
  SignalScope& operator=(const SignalScope&) = delete;
};

// The first signal that arrived in any scope, 0 if none did.
int received_signal() noexcept;

}  // namespace gander::cli
