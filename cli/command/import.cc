// SPDX-License-Identifier: MIT
// import: the files of another migration tool, written anew in goose's format.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/output/json.h"
#include "cli/output/text.h"
#include "src/driver/engine.h"
#include "src/foreign/foreign.h"
#include "src/source/create.h"

namespace gander::cli {
namespace {

namespace fs = std::filesystem;

source::Tool tool_of(Call& call, const fs::path& directory) {
  if (const auto name = call.value("from")) {
    if (const auto tool = source::tool_by_name(*name)) return *tool;
    throw Error(ErrorCode::usage, "'" + *name + "' is not a tool that can be imported from",
                "--from takes golang-migrate, dbmate, flyway, sql-migrate and refinery");
  }
  if (const auto tool = source::detect_tool(directory)) return *tool;
  throw Error(ErrorCode::not_found, "no files of another migration tool in " + directory.string(),
              "name the tool with --from, or another directory");
}

// The dialect decides how files are cut into statements; without a database it is the first one's.
const sql::Grammar& grammar_of(Call& call) {
  if (!call.config().database) return driver::engines().front()->dialect().grammar();
  return call.target().driver().dialect().grammar();
}

// Nothing is written before everything has been read and no name is taken.
void check_free(const fs::path& target, const std::vector<source::ForeignMigration>& migrations) {
  for (const source::ForeignMigration& migration : migrations) {
    if (!fs::exists(target / migration.name)) continue;
    ErrorDetails details;
    details.code = ErrorCode::invalid_migration;
    details.file = (target / migration.name).string();
    details.message = "the file exists already";
    details.hint = "import into an empty directory: --dir NAME";
    throw Error(std::move(details));
  }
}

}  // namespace

int run_import(Call& call) {
  const fs::path from = call.argument(0);
  const fs::path target = call.config().dir;
  std::error_code ignored;
  if (fs::equivalent(from, target, ignored)) {
    throw Error(ErrorCode::usage, "the files would be written among those that they come from",
                "name another directory for them with --dir");
  }
  const source::Tool tool = tool_of(call, from);
  const source::ForeignDirectory found = source::read_foreign(tool, from);
  const sql::Grammar& grammar = grammar_of(call);
  std::vector<std::string> texts;
  for (const source::ForeignMigration& migration : found.migrations) {
    texts.push_back(source::goose_text(migration, tool, grammar));
  }
  check_free(target, found.migrations);

  Console& console = call.console();
  fs::create_directories(target, ignored);
  std::vector<ImportedFile> files;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const source::ForeignMigration& migration = found.migrations[i];
    const std::string path = (target / migration.name).lexically_normal().string();
    source::write_new_file(path, texts[i]);
    files.push_back({migration.files, path, migration.version});
    if (!console.json() && !console.quiet()) {
      console.out(fmt::format("{} from {}\n", printable(path), printable(migration.files)));
    }
  }
  if (console.json()) {
    console.out(json_imported(call.head(), source::tool_name(tool), files, found.notes));
    return kExitDone;
  }
  for (const std::string& note : found.notes) console.err("note: " + printable(note) + "\n");
  if (!console.quiet()) {
    console.out(fmt::format(
        "Imported {} of {}. A database that it has migrated is taken over by "
        "`gander adopt`.\n",
        count_text(static_cast<std::int64_t>(files.size()), "migration"), source::tool_name(tool)));
  }
  return kExitDone;
}

}  // namespace gander::cli
