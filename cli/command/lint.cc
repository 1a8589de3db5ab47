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
    if (!call.arguments().empty()) {
      throw Error(ErrorCode::usage, "--pending and files exclude each other",
                  "name files, or --pending for what up would apply");
    }
    Job job(call);
    return job->lint(allow);
  }
  const Config& config = call.config();
  LintOptions options{.dialect = call.value("dialect").value_or(""),
                      .allow = allow,
                      .lock_timeout = config.options.lock_timeout,
                      .exact_annotations = config.options.exact_annotations,
                      .environment = config.options.environment};
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

std::string shown(Call& call, const LintReport& report, const std::string& format) {
  if (format == "json") return json_lint(call.head(), report);
  if (format == "sarif") return sarif_lint(report, lint_rules(report.dialect));
  if (format == "github") return github_lint(report);
  if (format == "gitlab") return gitlab_lint(report);
  if (format == "junit") return junit_lint(report);
  return lint_text(report, call.console().verbose(), call.console().out_terminal());
}

}  // namespace

int run_lint(Call& call) {
  Console& console = call.console();
  if (call.on("rules")) {
    const std::vector<LintRule> rules = lint_rules(call.value("dialect").value_or(""));
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
