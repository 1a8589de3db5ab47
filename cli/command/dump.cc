// SPDX-License-Identifier: MIT
// dump and load: the schema of the database as SQL, and back.
#include <fmt/format.h>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/text.h"
#include "src/source/create.h"

namespace gander::cli {

int run_dump(Call& call) {
  const std::string file = call.value("out").value_or("");
  Console& console = call.console();
  Job job(call);
  const std::string sql = job->dump({.grants = call.on("grants"), .versions = call.on("versions")});
  if (!file.empty()) source::replace_file(file, sql);
  if (console.json()) {
    console.out(json_dump(call.head(), file, sql));
  } else if (file.empty()) {
    console.out(sql);
  } else if (!console.quiet()) {
    console.out(fmt::format("Wrote {}.\n", printable(file)));
  }
  return kExitDone;
}

int run_load(Call& call) {
  const std::string file = call.argument(0);
  const std::optional<std::string> sql = call.system().read_file(file);
  if (!sql) {
    throw Error(ErrorCode::not_found, fmt::format("there is no file {}", printable(file)),
                "gander dump --out FILE writes one");
  }
  Console& console = call.console();
  Job job(call);
  job->load(*sql, file);
  if (console.json()) {
    console.out(json_loaded(call.head(), file));
  } else if (!console.quiet()) {
    console.out(fmt::format("Loaded {}.\n", printable(file)));
  }
  return kExitDone;
}

}  // namespace gander::cli
