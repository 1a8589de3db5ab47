// SPDX-License-Identifier: MIT
// rehearse: what is pending, on a copy.
#include <optional>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/error_text.h"
#include "cli/output/rehearsal.h"
#include "cli/secrets.h"
#include "gander/rehearsal.h"

namespace gander::cli {

int run_rehearse(Call& call) {
  Console& console = call.console();
  const std::optional<std::string> url = call.value("on");
  if (url && call.on("copy")) {
    throw Error(ErrorCode::usage, "--copy and --on exclude each other",
                "--copy makes a copy, --on names one that is there");
  }
  std::optional<Target> on;
  if (url) on.emplace(call.target(*url));
  Job job(call);
  Rehearsal rehearsal = job->rehearse({.rows = call.on("copy"), .on = on ? &*on : nullptr});
  int code = kExitDone;
  if (rehearsal.error) {
    rehearsal.error = secrets().hide(Error(*rehearsal.error)).details();
    code = exit_code_of(rehearsal.error->code, 0);
  }
  if (console.json()) {
    console.out(json_rehearsal(call.head(), rehearsal, code));
  } else if (!console.quiet()) {
    console.out(rehearsal_text(rehearsal, console.verbose(), console.out_terminal()));
  }
  if (rehearsal.error) {
    console.err(error_text(*rehearsal.error, console.err_terminal()));
    if (!console.quiet()) console.err("  that was on the copy: the database is as it was\n");
  }
  return code;
}

}  // namespace gander::cli
