// SPDX-License-Identifier: MIT
// restore: a backup in the place of the database.
#include <fmt/format.h>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/output/text.h"
#include "src/driver/driver.h"

namespace gander::cli {

int run_restore(Call& call) {
  const std::string backup = call.argument(0);
  Target target = call.target();
  const std::string file = target.driver().file_path();
  if (!file.empty()) call.confirm("restore");
  target.driver().restore(backup, call.on("force"));
  Console& console = call.console();
  if (console.json()) {
    console.out(json_restored(call.head(), backup, file));
  } else if (!console.quiet()) {
    console.out(fmt::format("{} is now what {} was.\n", printable(file), printable(backup)));
  }
  return kExitDone;
}

}  // namespace gander::cli
