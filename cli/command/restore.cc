// SPDX-License-Identifier: MIT
// restore: a backup in the place of a SQLite database.
#include "cli/restore.h"

#include <fmt/format.h>

#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output/text.h"
#include "cli/session.h"
#include "src/driver/driver.h"

namespace gander::cli {

namespace {

// SQLite targets are named by their path: see Target::display_name().
std::string file_of(Target target) {
  constexpr std::string_view kScheme = "sqlite:";
  const std::string name = target.display_name();
  const bool file = target.driver().dialect().name() == "sqlite" && name.starts_with(kScheme) &&
                    name != "sqlite::memory:";
  if (!file) {
    throw Error(ErrorCode::unsupported, name + " is not a SQLite file",
                "restore a server's database with the server's own tools");
  }
  return name.substr(kScheme.size());
}

}  // namespace

int run_restore(Session& session) {
  const std::string backup = session.args().argument(0);
  const std::string file = file_of(session.target());
  session.confirm("restore");
  restore_sqlite(backup, file, session.args().on(kForce));
  Console& console = session.console();
  if (console.json()) {
    console.out(json_restored(session.head(), backup, file));
  } else if (!console.quiet()) {
    console.out(fmt::format("{} is now what {} was.\n", printable(file), printable(backup)));
  }
  return kExitDone;
}

}  // namespace gander::cli
