// SPDX-License-Identifier: MIT
// create, fix and validate: work on files, without a database.
#include "src/source/create.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/output/error_text.h"
#include "cli/output/text.h"
#include "gander/validate.h"
#include "src/driver/engine.h"
#include "src/source/file_name.h"

namespace gander::cli {
namespace {

// Valid in goose as it stands: both sections have a statement, and no comment has the word by which
// goose knows its annotations.
constexpr std::string_view kTemplate =
    "-- Up runs when this migration is applied, Down when it is rolled back, each in one "
    "transaction.\n"
    "-- The annotation NO TRANSACTION on a line of its own, at the top of the file, switches that "
    "off.\n"
    "\n"
    "-- +goose Up\n"
    "SELECT 'up: write the change here';\n"
    "\n"
    "-- +goose Down\n"
    "SELECT 'down: write how to undo it here';\n";

// How files are read is told by the database, by --dialect, or by nothing.
struct Reading {
  std::string dialect = "any";  // or an engine's name
  std::string from = "none";    // database, option
  Validation validation;
};

// "sqlite, postgres or mysql"
std::string engine_names() {
  std::string names;
  for (const driver::Engine* engine : driver::engines()) {
    const bool last = engine == driver::engines().back();
    names += (names.empty() ? "" : last ? " or " : ", ") + std::string(engine->name);
  }
  return names;
}

Reading read_files(Call& call) {
  Reading reading;
  const std::string asked = call.value("dialect").value_or("");
  if (!asked.empty() && driver::engine_named(asked) == nullptr) {
    throw Error(ErrorCode::usage,
                fmt::format("--dialect must be {}, not \"{}\"", engine_names(), asked),
                "without it, only what holds in every dialect is checked");
  }
  const Config& config = call.config();
  if (config.database) {
    Target target = call.target();
    reading.dialect = target.driver().dialect().name();
    reading.from = "database";
    if (!asked.empty() && asked != reading.dialect) {
      throw Error(ErrorCode::usage,
                  fmt::format("--dialect {} contradicts the database, which is {}", asked,
                              call.head().database),
                  "leave out --dialect: the database's own is used");
    }
  } else if (!asked.empty()) {
    reading.dialect = asked;
    reading.from = "option";
  }
  ValidateOptions options;
  options.exact_annotations = config.options.exact_annotations;
  options.environment = config.options.environment;
  options.goose = call.on("goose");
  if (reading.from != "none") options.dialect = reading.dialect;
  reading.validation = validate(call.source(), options);
  return reading;
}

// "3 migrations checked for SQLite, no defects."
std::string summary_text(const Reading& reading) {
  const auto defects = static_cast<std::int64_t>(reading.validation.defects.size());
  const auto count = static_cast<std::int64_t>(reading.validation.migrations.size());
  const driver::Engine* engine = driver::engine_named(reading.dialect);
  const std::string how =
      "for " + (engine == nullptr ? "any database" : std::string(engine->title));
  std::string text = fmt::format("{} checked {}, {}.\n", count_text(count, "migration"), how,
                                 defects == 0 ? "no defects" : count_text(defects, "defect"));
  if (reading.dialect == "any") {
    text += "Name one with --db, gander.toml or --dialect, and its own rules are checked too.\n";
  }
  return text;
}

std::string files_text(const Validation& validation, const Terminal& terminal) {
  Table table({{.heading = "VERSION", .right = true},
               {.heading = "TRANSACTION"},
               {.heading = "UP", .right = true},
               {.heading = "DOWN", .right = true},
               {.heading = "MIGRATION"}});
  for (const ValidatedMigration& migration : validation.migrations) {
    const auto statements = [&](std::int64_t count) {
      return migration.function ? std::string("function") : number_text(count);
    };
    table.add({{std::to_string(migration.version)},
               {migration.transactional ? "yes" : "no"},
               {statements(migration.statements_up)},
               {statements(migration.statements_down)},
               {printable(migration.name)}});
  }
  return table.text(terminal);
}

// A new project has no directory of migrations yet: it gets one, rather than files among its own.
std::filesystem::path directory_for_new_file(Call& call) {
  const Config& config = call.config();
  const auto dir = std::ranges::find(config.effective, "dir", &EffectiveSetting::key);
  if (dir->origin != "default" || config.dir != ".") return config.dir;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(".", ignored)) {
    if (entry.path().extension() == ".sql") return config.dir;
  }
  return "migrations";
}

}  // namespace

int run_create(Call& call) {
  source::CreateRequest request{.directory = directory_for_new_file(call),
                                .name = call.argument(0),
                                .sequential = call.on("seq"),
                                .make_directory = true,
                                .text = std::string(kTemplate)};
  const source::CreatedFile created = source::create_migration(request);
  Console& console = call.console();
  if (console.json()) {
    console.out(json_created(call.head(), created.path.string(), created.version));
  } else {
    console.out(fmt::format("Created {}\n", printable(created.path.string())));
  }
  return kExitDone;
}

// The numbers of the renamed files, for `gander accept`.
std::vector<std::int64_t> new_versions(const std::vector<source::RenamedFile>& renamed) {
  std::vector<std::int64_t> versions;
  for (const auto& file : renamed) {
    const std::int64_t version = source::parse_file_name(file.to).version;
    if (version != 0) versions.push_back(version);
  }
  return versions;
}

// A database keeps the numbers that it has applied, and refuses to run a file again under another.
std::string settling_text(const std::vector<std::int64_t>& versions) {
  std::string text =
      "A database that has applied them knows them by the old numbers. There, before the next "
      "up:\n";
  for (const std::int64_t version : versions) {
    text += fmt::format("  gander accept {} --reason renumbered\n", version);
  }
  return text;
}

int run_fix(Call& call) {
  const auto renamed = source::fix_versions(call.config().dir);
  const std::vector<std::int64_t> versions = new_versions(renamed);
  Console& console = call.console();
  if (console.json()) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& file : renamed) pairs.emplace_back(file.from, file.to);
    console.out(json_renamed(call.head(), pairs, versions));
    return kExitDone;
  }
  for (const auto& file : renamed) {
    console.out(fmt::format("Renamed {} to {}\n", printable(file.from), printable(file.to)));
  }
  if (!console.quiet())
    console.out(renamed.empty() ? "Nothing to renumber.\n" : settling_text(versions));
  return kExitDone;
}

int run_validate(Call& call) {
  const Reading reading = read_files(call);
  const Validation& validation = reading.validation;
  Console& console = call.console();
  const int code = validation.defects.empty() ? kExitDone : kExitRefused;
  for (const ErrorDetails& defect : validation.defects) {
    console.err(error_text(defect, console.err_terminal()));
  }
  if (console.json()) {
    console.out(json_validated(call.head(), validation, reading.dialect, reading.from));
    return code;
  }
  if (console.verbose()) console.out(files_text(validation, console.out_terminal()) + "\n");
  if (!console.quiet()) console.out(summary_text(reading));
  return code;
}

}  // namespace gander::cli
