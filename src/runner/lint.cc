// SPDX-License-Identifier: MIT
// lint(): for files, for files and a database, and for what is pending in one.
#include "gander/lint.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "src/base/user_code.h"
#include "src/check/squash.h"
#include "src/lint/rules.h"
#include "src/lint/session.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"
#include "src/source/file_name.h"

namespace gander {
namespace {

const driver::Engine& engine_with_rules(std::string_view dialect) {
  const driver::Engine* engine = driver::engine_named(dialect);
  if (engine == nullptr) {
    std::string known;
    for (const driver::Engine* one : driver::engines()) {
      if (one->linter == nullptr) continue;
      known += (known.empty() ? "" : ", ") + std::string(one->name);
    }
    throw Error(ErrorCode::usage,
                dialect.empty() ? std::string("no dialect was named")
                                : "\"" + std::string(dialect) + "\" is no dialect",
                "those with rules are " + known);
  }
  if (engine->linter == nullptr) {
    throw Error(ErrorCode::unsupported,
                "there are no rules for " + std::string(engine->title) + " in this build");
  }
  return *engine;
}

LintRule rule_value(const driver::LintRuleText& rule, std::string_view dialect) {
  return {.id = std::string(rule.id),
          .dialect = std::string(dialect),
          .severity = rule.severity,
          .title = std::string(rule.title),
          .why = std::string(rule.why),
          .safe = std::string(rule.safe)};
}

// The files that were merged before, and what a migration is to them.
class Merged {
 public:
  explicit Merged(const std::vector<LintMerged>& files) {
    for (const LintMerged& file : files) {
      const std::int64_t version = source::parse_file_name(file.file).version;
      files_.emplace(file.file, File{version, file.state});
      if (file.state == LintMerged::State::gone || version == 0) continue;
      names_.emplace(version, file.file);
      newest_ = std::max(newest_, version);
    }
  }

  void judge(linting::Session::File& file, const source::Migration& migration) const {
    const auto found = files_.find(migration.name);
    if (found != files_.end() && found->second.state == LintMerged::State::edited) {
      linting::Session::tell(file, linting::rule::kEditedMigration,
                             migration.name + " has another text than when it was merged");
    } else if (found != files_.end()) {
      linting::Session::pass_over(file);
    } else if (const auto other = names_.find(migration.version); other != names_.end()) {
      linting::Session::tell(file, linting::rule::kDuplicateVersion,
                             other->second + " was merged with the same version");
    } else if (migration.version < newest_) {
      linting::Session::tell(file, linting::rule::kInsertedMigration,
                             names_.at(newest_) + " was merged, and has a higher version");
    }
  }

  void tell_of_gone(const std::vector<source::Migration>& migrations,
                    linting::Session& session) const {
    // Where it was: beside the others.
    std::filesystem::path folder;
    for (const source::Migration& migration : migrations) {
      if (migration.on_disk) folder = std::filesystem::path(migration.place).parent_path();
    }
    for (const auto& [name, file] : files_) {
      if (file.state != LintMerged::State::gone || stands_for(migrations, file.version)) continue;
      const source::Migration* other = plan::find(migrations, file.version);
      session.tell_of_absent(
          (folder / name).string(), linting::rule::kDeletedMigration,
          name + " was merged, and is " +
              (other == nullptr ? "not here any more" : "called " + other->name + " here"));
    }
  }

 private:
  struct File {
    std::int64_t version = 0;
    LintMerged::State state = LintMerged::State::same;
  };

  // A squash names the files that it has taken the place of.
  static bool stands_for(const std::vector<source::Migration>& migrations, std::int64_t version) {
    return std::ranges::any_of(migrations, [&](const source::Migration& migration) {
      return migration.kind == source::Kind::sql &&
             std::ranges::any_of(
                 check::replaced_by(migration),
                 [&](const check::Replaced& replaced) { return replaced.version == version; });
    });
  }

  std::map<std::string, File> files_;
  std::map<std::int64_t, std::string> names_;  // of those that are there now
  std::int64_t newest_ = 0;
};

LintReport lint_files(const Source& source, const driver::Engine& engine,
                      const driver::LintRequest& request, const LintOptions& options) {
  linting::Session session(engine, request, options.settings, options.allow);
  const std::vector<source::Migration> migrations = source::list(source);
  const Merged merged(options.merged);
  for (const source::Migration& migration : migrations) {
    linting::Session::File* const file =
        session.add(migration, {options.environment, nullptr}, options.exact_annotations);
    if (file != nullptr && !options.merged.empty()) merged.judge(*file, migration);
  }
  merged.tell_of_gone(migrations, session);
  return session.finish();
}

}  // namespace

std::vector<LintRule> lint_rules(std::string_view dialect) {
  std::vector<LintRule> rules;
  for (const driver::LintRuleText* rule : linting::neutral_rules()) {
    rules.push_back(rule_value(*rule, {}));
  }
  for (const driver::Engine* engine : driver::engines()) {
    if (engine->lint_rules == nullptr || (!dialect.empty() && engine->name != dialect)) continue;
    for (const driver::LintRuleText& rule : engine->lint_rules()) {
      rules.push_back(rule_value(rule, engine->name));
    }
  }
  return rules;
}

LintReport lint(const Source& source, const LintOptions& options) {
  const driver::Engine& engine = engine_with_rules(options.dialect);
  return lint_files(source, engine, {.lock_timeout = options.lock_timeout}, options);
}

LintReport lint(const Source& source, Target& database, const LintOptions& options) {
  driver::Driver& driver = database.driver();
  const driver::Engine& engine = engine_with_rules(driver.dialect().name());
  driver::LintRequest request{.driver = &driver, .lock_timeout = options.lock_timeout};
  std::unique_ptr<driver::Connection> connection;
  if (driver.exists()) connection = driver.connect({});
  request.connection = connection.get();
  return lint_files(source, engine, request, options);
}

driver::LintRequest MigrationRunner::Impl::lint_request(bool connected) {
  driver::LintRequest about{
      .driver = &target_.driver(), .lock_timeout = options_.lock_timeout, .together = true};
  if (connected) {
    about.connection = &database().connection();
    about.own_tables = database().store().names().tables();
  }
  return about;
}

LintReport MigrationRunner::Impl::lint(const std::vector<std::string>& allow) {
  const Scope scope(*this);
  const driver::Engine& engine = engine_with_rules(dialect().name());
  const std::vector<source::Migration> migrations = source::list(source_);
  check_sum();
  const plan::Request request = with_policies({.kind = plan::Request::Kind::up});
  const bool connect = target_.driver().exists();
  const plan::Steps steps =
      connect ? make_plan(request, migrations) : plan::make(request, migrations, {});
  const driver::LintRequest about = lint_request(connect);
  linting::Session session(engine, about, options_.lint_settings, allow);
  for (const plan::Step& step : steps.steps) {
    cancel_.throw_if_stopped();
    session.add(*step.migration, variables(), options_.exact_annotations);
  }
  return session.finish();
}

namespace {

// A sentence of the run for a finding.
std::string text_of(const LintFinding& found) {
  const std::string line = found.line > 0 ? ":" + std::to_string(found.line) : std::string();
  return found.file + line + ": " + found.message + " (" + found.rule + ")";
}

}  // namespace

// What goes on where a run has stopped, or is rolled back before, has been judged when it was first
// applied, and must not be kept from its end.
void MigrationRunner::Impl::lint(const std::vector<run::Task>& tasks, Report* report) {
  const driver::Engine* engine = driver::engine_named(dialect().name());
  const bool wanted = options_.lint != LintPolicy::off && engine != nullptr &&
                      engine->linter != nullptr && !tasks.empty();
  if (!wanted) return;
  std::set<std::int64_t> judged;
  if (options_.versioning) {
    for (const store::JournalRow& row : database().journal().rows()) judged.insert(row.version);
  }
  for (const run::Task& task : tasks) {
    if (task.direction == Direction::down) judged.insert(task.migration->version);
  }
  driver::LintRequest about = lint_request(true);
  about.brief = true;
  linting::Session session(*engine, about, options_.lint_settings, {});
  if (session.idle()) return;
  for (const run::Task& task : tasks) {
    cancel_.throw_if_stopped();
    const bool passed = judged.contains(task.migration->version);
    if (task.script == nullptr || task.direction != Direction::up || passed) continue;
    session.add(*task.migration, *task.script);
  }
  const LintReport found = session.finish();
  std::vector<const LintFinding*> errors;
  for (const LintFinding& one : found.findings) {
    if (one.severity == LintSeverity::error) errors.push_back(&one);
  }
  if (errors.empty()) return;
  if (options_.lint == LintPolicy::error) refuse_findings(errors);
  constexpr std::size_t kMost = 5;
  for (std::size_t i = 0; i < std::min(errors.size(), kMost); ++i) {
    warn(hidden_.hide(text_of(*errors[i])), &report->warnings);
  }
  if (errors.size() > kMost) {
    warn("lint finds " + std::to_string(errors.size() - kMost) + " more: `MigrationRunner::lint()`",
         &report->warnings);
  }
}

void MigrationRunner::Impl::refuse_findings(const std::vector<const LintFinding*>& errors) const {
  const LintFinding& first = *errors.front();
  ErrorDetails details;
  details.code = ErrorCode::invalid_migration;
  details.file = first.file;
  details.version = first.version;
  details.line = first.line;
  details.column = first.column;
  details.source_line = first.source_line;
  details.message = hidden_.hide(first.message) + " (" + first.rule + ")";
  details.hint = hidden_.hide(first.hint) + (first.hint.empty() ? "" : "; or ") +
                 "allow it: -- gander:allow " + first.rule + " and why, before the statement";
  if (errors.size() > 1) {
    details.hint +=
        "; `MigrationRunner::lint()` shows " + std::to_string(errors.size() - 1) + " more";
  }
  throw Error(std::move(details));
}

}  // namespace gander
