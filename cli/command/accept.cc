// SPDX-License-Identifier: MIT
// accept and resolve: the user's word on what a program cannot know.
#include <fmt/format.h>

#include <algorithm>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/text.h"

namespace gander::cli {
namespace {

struct Choice {
  Resolution resolution;
  std::string_view name;
};

Choice choice_of(const Call& call) {
  if (call.on("done") + call.on("redo") + call.on("abandon") != 1) {
    throw Error(ErrorCode::usage, "resolve needs one of --done, --redo and --abandon",
                "look in the database whether the statement happened, then say so");
  }
  if (call.on("done")) return {Resolution::done, "done"};
  if (call.on("redo")) return {Resolution::redo, "redo"};
  return {Resolution::abandon, "abandon"};
}

}  // namespace

int run_accept(Call& call) {
  const bool all = call.on("all");
  if (all != call.arguments().empty()) {
    throw Error(ErrorCode::usage, "accept needs either VERSION or --all",
                "gander status shows which migrations are edited");
  }
  const std::int64_t version = all ? 0 : call.version_argument(0);
  if (!all && version == 0) {
    throw Error(ErrorCode::usage, "0 is not the version of a migration",
                "gander status shows which migrations are edited");
  }
  const std::string reason = call.reason();

  Console& console = call.console();
  Job job(call);
  const std::vector<std::int64_t> accepted = job->accept(version, reason);

  if (console.json()) {
    console.out(json_accepted(call.head(), accepted));
  } else if (!console.quiet()) {
    console.out(accepted.empty()
                    ? std::string("Nothing to accept.\n")
                    : fmt::format("Accepted as they are now: {}.\n", fmt::join(accepted, ", ")));
  }
  return kExitDone;
}

int run_resolve(Call& call) {
  const std::int64_t version = call.version_argument(0);
  const Choice choice = choice_of(call);
  const std::string reason = call.reason();

  Console& console = call.console();
  Job job(call);
  job->resolve(version, choice.resolution, reason);
  const Status status = job->status();
  const bool down = std::ranges::any_of(status.migrations, [&](const MigrationStatus& one) {
    return one.version == version && one.direction == Direction::down;
  });

  if (console.json()) {
    console.out(json_resolved(call.head(), version, choice.name));
  } else if (!console.quiet()) {
    const bool abandoned = choice.resolution == Resolution::abandon;
    console.out(fmt::format("Version {} is settled: {}.{}\n", version, choice.name,
                            abandoned ? ""
                            : down    ? " gander down goes on with it."
                                      : " gander up goes on with it."));
  }
  return kExitDone;
}

}  // namespace gander::cli
