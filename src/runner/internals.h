// SPDX-License-Identifier: MIT
// RunnerInternals: what the program asks of a runner, and no application needs.
#pragma once

#include "gander/migration_runner.h"

namespace gander {

struct RunnerInternals {
  // From now on MigrationStatus::applied_at of status() is, as goose shows it, what the version
  // table holds: on a server the clock of the session that wrote it, and not UTC.
  static void show_stored_times(MigrationRunner& runner);
};

}  // namespace gander
