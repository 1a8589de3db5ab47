// SPDX-License-Identifier: MIT
// lint: what would hurt a database in use.
#include "gander/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/git.h"
#include "cli/job.h"
#include "cli/output/lint_report.h"
#include "src/driver/engine.h"
#include "src/source/file_name.h"
#include "src/source/migration.h"

namespace gander::cli {
namespace {

// The files that were named, whatever they are called.
class NamedFiles final : public source::Reader {
 public:
  explicit NamedFiles(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  std::string description() const override { return "the files that were named"; }

  // By the numbers of their names where each has one of its own, else in the order given.
  void append(std::vector<source::Migration>* migrations) const override {
    std::set<std::int64_t> versions;
    for (const std::string& path : paths_) {
      source::Migration& migration = migrations->emplace_back();
      migration.name = std::filesystem::path(path).filename().string();
      migration.place = path;
      migration.on_disk = true;
      migration.version = source::parse_file_name(migration.name).version;
      if (migration.version != 0) versions.insert(migration.version);
    }
    if (versions.size() == migrations->size()) return;
    std::int64_t number = 0;
    for (source::Migration& migration : *migrations) migration.version = ++number;
  }

 private:
  std::vector<std::string> paths_;
};

Source source_of(Call& call) {
  if (call.arguments().empty()) return call.source();
  return Source(std::make_shared<NamedFiles>(call.arguments()));
}

// Is a database to be asked? One that was only configured is not where a dialect was given.
bool asks_database(Call& call) {
  const auto& choice = call.config().database;
  if (!choice) return false;
  return choice->on_command_line || !call.value("dialect");
}

LintReport look(Call& call) {
  const std::vector<std::string> allow = call.list("allow");
  if (call.on("pending")) {
    if (!call.arguments().empty() || call.value("since")) {
      throw Error(ErrorCode::usage, "--pending excludes files and --since",
                  "name files, --since what was merged, or --pending for what up would apply");
    }
    Job job(call);
    return job->lint(allow);
  }
  const Config& config = call.config();
  const auto since = call.value("since");
  if (since && !call.arguments().empty()) {
    throw Error(ErrorCode::usage, "--since and files exclude each other",
                "--since goes by the directory of migrations");
  }
  LintOptions options{.dialect = call.value("dialect").value_or(""),
                      .allow = allow,
                      .settings = config.options.lint_settings,
                      .merged = {},
                      .lock_timeout = config.options.lock_timeout,
                      .exact_annotations = config.options.exact_annotations,
                      .environment = config.options.environment};
  if (since) options.merged = merged_files(config.dir, *since);
  if (!asks_database(call)) {
    if (options.dialect.empty()) {
      throw Error(ErrorCode::usage, "lint has to know whose SQL the files hold",
                  "name a database (--db, GANDER_DB, gander.toml), or --dialect postgres");
    }
    return lint(source_of(call), options);
  }
  Target target = call.target();
  const std::string_view dialect = target.driver().dialect().name();
  if (!options.dialect.empty() && options.dialect != dialect) {
    throw Error(ErrorCode::usage,
                fmt::format("--dialect {} contradicts the database, which is {}", options.dialect,
                            call.head().database),
                "leave out --dialect: the database's own is used");
  }
  return lint(source_of(call), target, options);
}

// With those of the project itself.
std::vector<LintRule> rules_for(Call& call, const std::string& dialect) {
  std::vector<LintRule> rules = lint_rules(dialect);
  for (const LintPattern& own : call.config().options.lint_settings.patterns) {
    rules.push_back({.id = own.id,
                     .dialect = {},
                     .severity = own.severity,
                     .title = own.message,
                     .why = "A rule of this project.",
                     .safe = own.hint});
  }
  return rules;
}

std::string shown(Call& call, const LintReport& report, const std::string& format) {
  if (format == "json") return json_lint(call.head(), report);
  if (format == "sarif") return sarif_lint(report, rules_for(call, report.dialect));
  if (format == "github") return github_lint(report);
  if (format == "gitlab") return gitlab_lint(report);
  if (format == "junit") return junit_lint(report);
  return lint_text(report, call.console().verbose(), call.console().out_terminal());
}

}  // namespace

int run_lint(Call& call) {
  Console& console = call.console();
  if (call.on("rules")) {
    const std::vector<LintRule> rules = rules_for(call, call.value("dialect").value_or(""));
    console.out(console.json() ? json_rules(call.head(), rules)
                               : rules_text(rules, console.out_terminal()));
    return kExitDone;
  }
  const LintReport report = look(call);
  const std::string format = console.json() ? "json" : call.value("format").value_or("text");
  const bool quiet = console.quiet() && format == "text" && report.count(LintSeverity::error) == 0;
  if (!quiet) console.out(shown(call, report, format));
  return report.count(LintSeverity::error) > 0 ? kExitProblem : kExitDone;
}

}  // namespace gander::cli
