// SPDX-License-Identifier: MIT
// status and version: what the database has.
#include <fmt/format.h>

#include "cli/advice.h"
#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/differences.h"
#include "cli/output/text.h"
#include "src/types/time.h"

namespace gander::cli {
namespace {

Cell state_cell(const MigrationStatus& status) {
  switch (status.state) {
    case MigrationState::applied:
      return {"applied", Color::green};
    case MigrationState::pending:
      if (!status.detail.empty()) return {"rolled back", Color::yellow};
      return {status.out_of_order ? "pending, out of order" : "pending", Color::yellow};
    case MigrationState::edited:
      return {"edited", Color::red};
    case MigrationState::missing:
      return {"file missing", Color::red};
    case MigrationState::active:
    case MigrationState::in_doubt:
      break;
  }
  const bool doubt = status.state == MigrationState::in_doubt;
  const bool down = status.direction == Direction::down;
  std::string state = down ? "half rolled back" : "half done";
  if (doubt) state = down ? "in doubt, going down" : "in doubt";
  if (status.statements_total == 0) return {std::move(state), Color::red};
  return {fmt::format("{}, {} of {} statements", state, status.statements_done,
                      status.statements_total),
          Color::red};
}

std::string applied_at(const MigrationStatus& status) {
  return status.applied_at ? time_text(*status.applied_at) : printable(status.tstamp);
}

std::string table_text(const Status& status, const Terminal& terminal) {
  Table table({{.heading = "VERSION", .right = true},
               {.heading = "STATE"},
               {.heading = "APPLIED AT (UTC)", .dispensable = 1, .before_cut = false},
               {.heading = "DURATION", .right = true, .dispensable = 2},
               {.heading = "BY", .dispensable = 3},
               {.heading = "MIGRATION", .cut = Cut::middle}});
  for (const MigrationStatus& migration : status.migrations) {
    const bool timed = migration.duration.count() > 0;
    table.add({{std::to_string(migration.version)},
               state_cell(migration),
               {applied_at(migration)},
               {timed ? duration_text(migration.duration, terminal.unicode) : ""},
               {printable(migration.applied_by)},
               {printable(migration.name)}});
  }
  return table.text(terminal);
}

std::string summary(const Status& status) {
  std::string text = fmt::format("The database is at version {}: {} applied, {} pending",
                                 status.version, status.applied, status.pending);
  if (status.edited > 0) text += fmt::format(", {} edited", status.edited);
  if (status.missing > 0) text += fmt::format(", {} without a file", status.missing);
  if (status.unfinished > 0) text += fmt::format(", {} unfinished", status.unfinished);
  return text + ".\n";
}

std::string indented_lines(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  std::string result;
  for (const char c : text) {
    result += c;
    if (c == '\n') result += "    ";
  }
  return result;
}

// What stopped a half-run migration, and how to go on.
std::string unfinished_text(const Status& status) {
  std::string text;
  for (const MigrationStatus& migration : status.migrations) {
    const bool doubt = migration.state == MigrationState::in_doubt;
    if (!doubt && migration.state != MigrationState::active) continue;
    // The detail may quote the statement: a line of its own for each of its lines.
    text += fmt::format("{}: {}\n", printable(migration.name),
                        printable(indented_lines(advice(migration.detail)), true));
    text += fmt::format("  try: {}\n", printable(advice(migration.hint)));
  }
  return text;
}

// Nothing where nothing differs, and where what is unfinished says it all.
std::string drift_text(const Status& status, const Terminal& terminal) {
  const Drift& drift = status.drift;
  if (drift.state == DriftState::stale && status.unfinished == 0) {
    return "Drift is not known: " + printable(drift.reason) + ".\n";
  }
  if (drift.objects.empty()) return {};
  return "Not as the migrations have left it:\n" + drift_lines(drift.objects, 2, terminal);
}

}  // namespace

int run_status(Call& call) {
  Console& console = call.console();
  Job job(call);
  const Status status = job->status();

  for (const std::string& warning : status.warnings) console.warn(warning);
  if (console.json()) {
    console.out(json_status(call.head(), status));
  } else if (!console.quiet()) {
    console.out(table_text(status, console.out_terminal()));
    console.out("\n" + summary(status) + unfinished_text(status) +
                drift_text(status, console.out_terminal()));
  }
  if (!call.on("exit-code")) return kExitDone;
  if (status.pending > 0 || status.unfinished > 0) return kExitPending;
  return status.drift.objects.empty() ? kExitDone : kExitDiffers;
}

int run_version(Call& call) {
  Console& console = call.console();
  Job job(call);
  const std::int64_t version = job->version();
  console.out(console.json() ? json_version(call.head(), version) : fmt::format("{}\n", version));
  return kExitDone;
}

}  // namespace gander::cli
