// SPDX-License-Identifier: MIT
// create-database and drop-database: the database as a whole.
#include <fmt/format.h>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/text.h"

namespace gander::cli {
namespace {

int report(Call& call, std::string_view done, bool changed, std::string_view otherwise) {
  Console& console = call.console();
  const std::string database = printable(call.head().database);
  if (console.json()) {
    console.out(json_whole_database(call.head(), done, changed));
  } else if (!console.quiet()) {
    console.out(changed ? fmt::format("The database {} is {}.\n", database, done)
                        : fmt::format("Nothing to do: the database {} {}.\n", database, otherwise));
  }
  return kExitDone;
}

}  // namespace

int run_create_database(Call& call) {
  Job job(call);
  return report(call, "created", job->create_database(), "is there");
}

int run_drop_database(Call& call) {
  const std::string name = call.value("confirm").value_or("");
  const bool terminate = call.on("terminate");
  // Not even with --yes: what is protected is dropped by other means, if it must be.
  if (call.config().protect) {
    throw Error(ErrorCode::usage, "the database is protected: it is not dropped",
                "take protect out of the settings first (gander config shows where it stands)");
  }
  Job job(call);
  return report(call, "dropped", job->drop_database(name, terminate), "does not exist");
}

}  // namespace gander::cli
