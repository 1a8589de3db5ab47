// SPDX-License-Identifier: MIT
// lock: who holds the lock that keeps runs apart, and taking it from them.
#include <fmt/format.h>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/text.h"
#include "src/types/time.h"

namespace gander::cli {
namespace {

std::string lines(const LockStatus& status) {
  std::string text;
  for (const LockHolder& holder : status.holders) {
    text += "  " + printable(holder.description());
    if (!holder.expired && holder.renewed_at && holder.expires_at) {
      text += fmt::format(", last sign of life {} UTC, runs out {} UTC",
                          time_text(*holder.renewed_at), time_text(*holder.expires_at));
    }
    text += "\n";
  }
  return text;
}

std::string status_text(const LockStatus& status) {
  const std::string name = printable(status.name);
  if (status.holders.empty()) return fmt::format("Nobody holds the lock of {}.\n", name);
  if (status.held()) return fmt::format("The lock of {} is held by\n", name) + lines(status);
  return fmt::format("The lock of {} is free; left behind by\n", name) + lines(status);
}

std::string released_text(const LockStatus& released) {
  const std::string name = printable(released.name);
  if (released.holders.empty()) return fmt::format("Nobody held the lock of {}.\n", name);
  return fmt::format("Released the lock of {}, which was held by\n", name) + lines(released);
}

}  // namespace

int run_lock(Call& call) {
  const bool release = call.argument(0) == "release";
  const bool terminate = call.on("terminate");
  if (terminate && !release) {
    throw Error(ErrorCode::usage, "--terminate belongs to gander lock release",
                "gander lock status only looks");
  }
  Console& console = call.console();
  Job job(call, release ? "lock release" : "");
  const LockStatus status = release ? job->release_lock(terminate) : job->lock_status();
  if (console.json()) {
    console.out(json_lock(call.head(), status, release));
  } else if (!console.quiet()) {
    console.out(release ? released_text(status) : status_text(status));
  }
  return kExitDone;
}

}  // namespace gander::cli
