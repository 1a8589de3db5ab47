// SPDX-License-Identifier: MIT
// adopt: takes over a database that another tool has migrated.
#include <fmt/format.h>

#include <algorithm>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/json.h"
#include "cli/output/text.h"
#include "src/foreign/records.h"

namespace gander::cli {
namespace {

std::optional<source::Tool> tool_of(const Call& call) {
  const std::optional<std::string> name = call.value("from");
  if (!name) return std::nullopt;
  const std::optional<source::Tool> tool = source::tool_by_name(*name);
  if (tool) return tool;
  throw Error(ErrorCode::usage, "'" + *name + "' is not a tool that can be adopted from",
              "--from takes golang-migrate, dbmate, flyway, sql-migrate and refinery");
}

Adoption look(Call& call) {
  Target target = call.target();
  if (!target.driver().exists()) {
    throw Error(ErrorCode::not_found, "the database does not exist",
                "adopt is for a database that another tool has migrated");
  }
  const CancelToken never;
  driver::SessionOptions options;
  options.cancel = &never;
  options.wait = call.config().options.wait;
  const auto connection = target.driver().connect(options);
  return read_adoption(*connection, tool_of(call), call.source());
}

// What --yes would refuse is refused without it as well.
void refuse_recorded(const Status& status, const std::vector<std::int64_t>& versions) {
  for (const MigrationStatus& entry : status.migrations) {
    if (entry.state == MigrationState::pending ||
        std::ranges::find(versions, entry.version) == versions.end()) {
      continue;
    }
    throw Error(ErrorCode::usage,
                "version " + std::to_string(entry.version) + " is recorded as applied already",
                "adopt is for a database that goose and Gander have not migrated yet");
  }
}

std::string table_text(const Adoption& adoption, const Terminal& terminal) {
  Table table(
      {{.heading = "VERSION", .right = true}, {.heading = "WAS"}, {.heading = "MIGRATION"}});
  for (const Adoption::Migration& migration : adoption.migrations) {
    table.add({{std::to_string(migration.version)},
               {printable(migration.id)},
               {printable(migration.name)}});
  }
  return table.text(terminal);
}

}  // namespace

int run_adopt(Call& call) {
  const Adoption adoption = look(call);
  const std::string tool = source::tool_name(adoption.tool);
  const bool yes = call.on("yes");
  std::vector<std::int64_t> versions;
  for (const Adoption::Migration& migration : adoption.migrations) {
    versions.push_back(migration.version);
  }
  Console& console = call.console();
  Job job(call);
  refuse_recorded(job->status(), versions);
  if (yes && !versions.empty()) job->adopt(versions, "adopted from " + tool);
  if (console.json()) {
    console.out(json_adopted(call.head(), tool, yes, versions));
    return kExitDone;
  }
  if (console.quiet()) return kExitDone;
  const std::string count = count_text(static_cast<std::int64_t>(versions.size()), "migration");
  if (versions.empty()) {
    console.out(fmt::format("{} has applied nothing here: there is nothing to adopt.\n", tool));
    return kExitDone;
  }
  console.out(table_text(adoption, console.out_terminal()) + "\n");
  console.out(yes ? fmt::format("Adopted {} of {}; its table {} is left as it is.\n", count, tool,
                                adoption.table)
                  : fmt::format("{} of {} would be recorded as applied; nothing was changed. "
                                "Run it again with --yes.\n",
                                count, tool));
  return kExitDone;
}

}  // namespace gander::cli
