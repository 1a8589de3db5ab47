// SPDX-License-Identifier: MIT
// up, up-to, up-by-one, down, down-to, redo, reset: one way to run and report for all of them.
#include <fmt/format.h>

#include <functional>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/text.h"
#include "src/source/create.h"

namespace gander::cli {
namespace {

struct Counts {
  std::int64_t up = 0;
  std::int64_t down = 0;
};

Counts count(const Report& report) {
  Counts counts;
  for (const auto& result : report.migrations) {
    ++(result.direction == Direction::up ? counts.up : counts.down);
  }
  return counts;
}

std::string done_text(const Report& report, bool unicode) {
  const Counts counts = count(report);
  std::string text;
  if (counts.down > 0) text = "Rolled back " + count_text(counts.down, "migration");
  if (counts.up > 0) {
    text += (text.empty() ? "Applied " : " and applied ") + count_text(counts.up, "migration");
  }
  return text + " in " + duration_text(report.duration, unicode);
}

std::string summary(const Report& report, bool versioning, bool unicode) {
  const bool changed = report.changed();
  std::string text = changed ? done_text(report, unicode) : std::string("Nothing to do");
  // Without versioning nothing is known of the database.
  if (!versioning) return text + ".\n";
  text += (changed ? "; " : ": ") + fmt::format("the database is at version {}.", report.version);
  if (report.pending > 0) {
    text += fmt::format(" {} pending.", report.pending == 1
                                            ? std::string("1 migration is")
                                            : number_text(report.pending) + " migrations are");
  }
  return text + "\n";
}

enum class Effect { adds, takes_away };

using RunOperation = std::function<Report(MigrationRunner&)>;

int run(Call& call, Effect effect, const RunOperation& operation) {
  Console& console = call.console();
  Job job(call, effect == Effect::takes_away ? call.command()->name : "");
  const Report report = operation(job.runner());
  const std::string& schema = call.config().dump;
  if (report.changed() && !schema.empty()) {
    source::replace_file(schema, job->dump({.versions = true}));
  }

  for (const std::string& warning : report.warnings) console.warn(warning);
  if (console.json()) {
    console.out(json_report(call.head(), report));
    return kExitDone;
  }
  if (console.quiet()) return kExitDone;
  const Terminal& terminal = console.out_terminal();
  if (report.changed()) console.out("\n");
  console.out(summary(report, call.config().options.versioning, terminal.unicode));
  if (!report.backup.empty()) {
    console.out(fmt::format("The database as it was before: {} (gander restore)\n",
                            printable(report.backup)));
  }
  return kExitDone;
}

}  // namespace

int run_up(Call& call) {
  const auto to = call.version_option("to");
  const bool one = call.on("one");
  if (to && one) throw Error(ErrorCode::usage, "--to and --one exclude each other", "choose one");
  return run(call, Effect::adds, [&](MigrationRunner& runner) {
    if (one) return runner.up_by_one();
    return to ? runner.up_to(*to) : runner.up();
  });
}

int run_up_to(Call& call) {
  const std::int64_t version = call.version_argument(0);
  return run(call, Effect::adds, [&](MigrationRunner& runner) { return runner.up_to(version); });
}

int run_up_by_one(Call& call) {
  return run(call, Effect::adds, [](MigrationRunner& runner) { return runner.up_by_one(); });
}

int run_down(Call& call) {
  const auto to = call.version_option("to");
  return run(call, Effect::takes_away,
             [&](MigrationRunner& runner) { return to ? runner.down_to(*to) : runner.down(); });
}

int run_down_to(Call& call) {
  const std::int64_t version = call.version_argument(0);
  return run(call, Effect::takes_away,
             [&](MigrationRunner& runner) { return runner.down_to(version); });
}

int run_redo(Call& call) {
  return run(call, Effect::takes_away, [](MigrationRunner& runner) { return runner.redo(); });
}

int run_reset(Call& call) {
  return run(call, Effect::takes_away, [](MigrationRunner& runner) { return runner.reset(); });
}

}  // namespace gander::cli
