// SPDX-License-Identifier: MIT
// wait: until the database is there, or until somebody else has migrated it.
#include <fmt/format.h>

#include <chrono>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/text.h"

namespace gander::cli {
namespace {

std::string sentence(const std::string& database, bool migrations, bool done,
                     std::chrono::nanoseconds waited, bool unicode) {
  const std::string time = duration_text(waited, unicode);
  if (!migrations) return fmt::format("{} can be reached, after {}.\n", database, time);
  if (done) return fmt::format("Nothing is pending in {}, after {}.\n", database, time);
  return fmt::format("Not all is migrated in {}, after {}.\n", database, time);
}

}  // namespace

int run_wait(Call& call) {
  const bool migrations = call.on("migrated");
  Console& console = call.console();
  Job job(call);
  const auto start = std::chrono::steady_clock::now();
  bool done = true;
  if (migrations) {
    done = job->wait_until_migrated();
  } else {
    job->wait_until_reachable();
  }
  const auto waited = std::chrono::steady_clock::now() - start;
  if (console.json()) {
    console.out(json_waited(call.head(), migrations, done, waited));
  } else if (!console.quiet() || !done) {
    const Terminal& terminal = done ? console.out_terminal() : console.err_terminal();
    const std::string text =
        sentence(printable(call.head().database), migrations, done, waited, terminal.unicode);
    done ? console.out(text) : console.err(text);
  }
  return done ? kExitDone : kExitPending;
}

}  // namespace gander::cli
