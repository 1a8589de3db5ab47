// SPDX-License-Identifier: MIT
// The exit codes of the program: one for each thing a caller may want to do next.
#pragma once

#include "gander/error.h"

namespace gander::cli {

// Scripts depend on these numbers (docs/cli.md): never renumber.
enum ExitCode : int {
  kExitDone = 0,
  kExitSql = 1,
  kExitUsage = 2,
  kExitRefused = 3,
  kExitInDoubt = 4,
  kExitLocked = 5,
  kExitUnreachable = 6,
  kExitPending = 7,
  kExitDeadline = 8,
  kExitProblem = 9,
  kExitDiffers = 10,
  kExitInternal = 70,
  kExitInterrupted = 130,
  kExitTerminated = 143,
};

// `signal` is the one that asked the run to stop, 0 if none did: it tells a deadline from Ctrl-C.
int exit_code_of(ErrorCode code, int signal) noexcept;

}  // namespace gander::cli
