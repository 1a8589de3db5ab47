// SPDX-License-Identifier: MIT
// restore: a backup in the place of the database.
#include <fmt/format.h>

#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output/text.h"
#include "cli/session.h"
#include "src/driver/driver.h"

namespace gander::cli {

int run_restore(Session& session) {
  const std::string backup = session.args().argument(0);
  Target target = session.target();
  const std::string file = target.driver().file_path();
  if (!file.empty()) session.confirm("restore");
  target.driver().restore(backup, session.args().on(kForce));
  Console& console = session.console();
  if (console.json()) {
    console.out(json_restored(session.head(), backup, file));
  } else if (!console.quiet()) {
    console.out(fmt::format("{} is now what {} was.\n", printable(file), printable(backup)));
  }
  return kExitDone;
}

}  // namespace gander::cli
