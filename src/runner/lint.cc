// SPDX-License-Identifier: MIT
// lint(): for files, for files and a database, and for what is pending in one.
#include "gander/lint.h"

#include <algorithm>
#include <utility>

#include "src/base/user_code.h"
#include "src/lint/rules.h"
#include "src/lint/session.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"

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

LintReport lint_files(const Source& source, const driver::Engine& engine,
                      const driver::LintRequest& request, const LintOptions& options) {
  linting::Session session(engine, request, options.allow);
  for (const source::Migration& migration : source::list(source)) {
    session.add(migration, {options.environment, nullptr}, options.exact_annotations);
  }
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
    const store::Names& names = database().store().names();
    about.own_tables = {names.version_table, names.history_table, names.journal_table};
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
  linting::Session session(engine, about, allow);
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

// What goes on where a run has stopped has been judged before, and must not be kept from its end.
void MigrationRunner::Impl::lint(const std::vector<run::Task>& tasks, Report* report) {
  const driver::Engine* engine = driver::engine_named(dialect().name());
  const bool wanted = options_.lint != LintPolicy::off && engine != nullptr &&
                      engine->linter != nullptr && !tasks.empty();
  if (!wanted) return;
  std::vector<store::JournalRow> begun;
  if (options_.versioning) begun = database().journal().rows();
  const driver::LintRequest about = lint_request(true);
  linting::Session session(*engine, about, {});
  for (const run::Task& task : tasks) {
    cancel_.throw_if_stopped();
    const bool goes_on = std::ranges::any_of(begun, [&](const store::JournalRow& row) {
      return row.version == task.migration->version;
    });
    if (task.script == nullptr || task.direction != Direction::up || goes_on) continue;
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
  details.hint = hidden_.hide(first.hint) + "; or allow it: -- gander:allow " + first.rule +
                 " and why, before the statement";
  if (errors.size() > 1) {
    details.hint +=
        "; `MigrationRunner::lint()` shows " + std::to_string(errors.size() - 1) + " more";
  }
  throw Error(std::move(details));
}

}  // namespace gander
