// SPDX-License-Identifier: MIT
#include "cli/exit_code.h"

#include <csignal>

namespace gander::cli {

int exit_code_of(ErrorCode code, int signal) noexcept {
  switch (code) {
    case ErrorCode::usage:
    case ErrorCode::unsupported:
      return kExitUsage;
    case ErrorCode::not_found:
    case ErrorCode::invalid_migration:
    case ErrorCode::out_of_order:
    case ErrorCode::edited:
      return kExitRefused;
    case ErrorCode::locked:
      return kExitLocked;
    case ErrorCode::sql:
      return kExitSql;
    case ErrorCode::connection:
    case ErrorCode::storage:
    case ErrorCode::not_writable:
      return kExitUnreachable;
    case ErrorCode::in_doubt:
      return kExitInDoubt;
    case ErrorCode::interrupted:
      if (signal == SIGTERM) return kExitTerminated;
      return signal == SIGINT ? kExitInterrupted : kExitDeadline;
    case ErrorCode::internal:
      break;
  }
  return kExitInternal;
}

}  // namespace gander::cli
