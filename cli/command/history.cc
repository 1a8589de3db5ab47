// SPDX-License-Identifier: MIT
// history: the rows of the history table, oldest first.
#include <fmt/format.h>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/text.h"
#include "src/types/time.h"

namespace gander::cli {
namespace {

Color color_of(HistoryEvent event) {
  switch (event) {
    case HistoryEvent::applied:
    case HistoryEvent::adopted:
      return Color::green;
    case HistoryEvent::failed:
      return Color::red;
    default:
      return Color::yellow;
  }
}

std::string table_text(const std::vector<HistoryEntry>& entries, const Terminal& terminal) {
  Table table({{.heading = "AT (UTC)"},
               {.heading = "EVENT"},
               {.heading = "VERSION", .right = true},
               {.heading = "DURATION", .right = true, .dispensable = 2},
               {.heading = "BY", .dispensable = 1},
               {.heading = "MIGRATION", .cut = Cut::middle},
               {.heading = "DETAIL", .dispensable = 3, .below = true}});
  for (const HistoryEntry& entry : entries) {
    const bool timed = entry.duration.count() > 0;
    table.add({{entry.at ? time_text(*entry.at) : ""},
               {history_event_name(entry.event), color_of(entry.event)},
               {std::to_string(entry.version)},
               {timed ? duration_text(entry.duration, terminal.unicode) : ""},
               {printable(entry.actor)},
               {printable(entry.name)},
               {printable(entry.detail.substr(0, entry.detail.find('\n')))}});
  }
  return table.text(terminal);
}

}  // namespace

int run_history(Call& call) {
  Console& console = call.console();
  Job job(call);
  const std::vector<HistoryEntry> entries = job->history();

  if (console.json()) {
    console.out(json_history(call.head(), entries));
  } else if (entries.empty()) {
    console.out("No history: nothing was applied, or only by goose or with --no-history.\n");
  } else {
    console.out(table_text(entries, console.out_terminal()));
  }
  return kExitDone;
}

}  // namespace gander::cli
