// SPDX-License-Identifier: MIT
// accept and resolve: the user's word on what a program cannot know.
#include <fmt/format.h>

#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output/progress.h"
#include "cli/output/text.h"
#include "cli/session.h"
#include "cli/signals.h"

namespace gander::cli {
namespace {

std::string reason_of(const Session& session) {
  const std::string reason = session.args().value(kReason).value_or("");
  if (reason.empty()) {
    throw Error(ErrorCode::usage, "a reason is needed: it is kept in the history",
                "--reason \"why this is right\"");
  }
  return reason;
}

struct Choice {
  Resolution resolution;
  std::string_view name;
};

Choice choice_of(const Session& session) {
  const Invocation& args = session.args();
  if (args.on(kDone) + args.on(kRedo) + args.on(kAbandon) != 1) {
    throw Error(ErrorCode::usage, "resolve needs one of --done, --redo and --abandon",
                "look in the database whether the statement happened, then say so");
  }
  if (args.on(kDone)) return {Resolution::done, "done"};
  if (args.on(kRedo)) return {Resolution::redo, "redo"};
  return {Resolution::abandon, "abandon"};
}

}  // namespace

int run_accept(Session& session) {
  const bool all = session.args().on(kAll);
  if (all != session.args().arguments.empty()) {
    throw Error(ErrorCode::usage, "accept needs either VERSION or --all",
                "gander status shows which migrations are edited");
  }
  const std::int64_t version = all ? 0 : session.version_argument(0);
  if (!all && version == 0) {
    throw Error(ErrorCode::usage, "0 is not the version of a migration",
                "gander status shows which migrations are edited");
  }
  const std::string reason = reason_of(session);

  Console& console = session.console();
  Progress progress(console);
  MigrationRunner runner = session.runner(&progress);
  const SignalScope signals(runner);
  const std::vector<std::int64_t> accepted = runner.accept(version, reason);

  if (console.json()) {
    console.out(json_accepted(session.head(), accepted));
  } else if (!console.quiet()) {
    console.out(accepted.empty()
                    ? std::string("Nothing to accept.\n")
                    : fmt::format("Accepted as they are now: {}.\n", fmt::join(accepted, ", ")));
  }
  return kExitDone;
}

int run_resolve(Session& session) {
  const std::int64_t version = session.version_argument(0);
  const Choice choice = choice_of(session);
  const std::string reason = reason_of(session);

  Console& console = session.console();
  Progress progress(console);
  MigrationRunner runner = session.runner(&progress);
  const SignalScope signals(runner);
  runner.resolve(version, choice.resolution, reason);

  if (console.json()) {
    console.out(json_resolved(session.head(), version, choice.name));
  } else if (!console.quiet()) {
    const bool abandoned = choice.resolution == Resolution::abandon;
    console.out(fmt::format("Version {} is settled: {}.{}\n", version, choice.name,
                            abandoned ? "" : " gander up goes on with it."));
  }
  return kExitDone;
}

}  // namespace gander::cli
