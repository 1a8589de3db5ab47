// SPDX-License-Identifier: MIT
#include "src/lint/session.h"

#include <algorithm>
#include <utility>

#include "src/lint/rules.h"
#include "src/sql/scanner.h"

namespace gander::linting {

using driver::LintFound;
using driver::LintPlace;
using driver::LintRuleText;

struct Session::File {
  std::int64_t version = 0;
  driver::LintFile seen;
  std::vector<Allow> allows;
  // BEGIN of the file itself that no COMMIT has followed yet.
  std::optional<LintPlace> open;
  bool control_told = false;
  bool judged = true;
  std::int64_t statements = 0;
  HiddenValues hidden;
};

namespace {

LintPlace place_of(const ErrorDetails& details) {
  return {details.line, details.column, details.source_line, details.line, details.line};
}

LintFound found(const LintRuleText& rule, LintPlace place, std::string message) {
  return {&rule, rule.severity, std::move(place), std::move(message), {}, {}};
}

LintFound defect(const ErrorDetails& details) {
  LintFound one = found(rule::kInvalidFile, place_of(details), details.message);
  one.hint = details.hint;
  return one;
}

constexpr std::string_view kIdCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-";

}  // namespace

LintFinding Session::finding(const File& file, const LintFound& found) const {
  const auto severity = severities_.find(found.rule->id);
  const HiddenValues& hidden = file.hidden;
  return {.rule = std::string(found.rule->id),
          .severity = severity == severities_.end() ? found.severity : severity->second,
          .message = hidden.hide(found.message),
          .hint = hidden.hide(found.hint.empty() ? std::string(found.rule->safe) : found.hint),
          .file = file.seen.place,
          .version = file.version,
          .line = found.place.line,
          .column = found.place.column,
          .source_line = found.place.source_line,
          .locks = found.locks};
}

std::vector<const LintRuleText*> rules_of(const driver::Engine& engine) {
  std::vector<const LintRuleText*> rules(neutral_rules().begin(), neutral_rules().end());
  if (engine.lint_rules == nullptr) return rules;
  for (const LintRuleText& rule : engine.lint_rules()) rules.push_back(&rule);
  return rules;
}

Session::Session(const driver::Engine& engine, const driver::LintRequest& request,
                 const LintSettings& settings, const std::vector<std::string>& allowed)
    : engine_(engine),
      settings_(settings),
      names_(settings.names),
      allowed_(allowed.begin(), allowed.end()) {
  allowed_.insert(settings_.allow.begin(), settings_.allow.end());
  for (const LintRuleText* rule : rules_of(engine)) known_.emplace(rule->id);
  for (const LintPattern& pattern : settings_.patterns) {
    const bool good = !pattern.id.empty() &&
                      pattern.id.find_first_not_of(kIdCharacters) == std::string::npos &&
                      !pattern.message.empty();
    if (!good || !known_.emplace(pattern.id).second) {
      throw Error(ErrorCode::usage,
                  good ? "there is a rule " + pattern.id + " already"
                       : "\"" + pattern.id + "\" is no rule of a project's own",
                  "such a rule has an id of small letters, digits and \"-\", and a message");
    }
    own_.push_back({{pattern.id, pattern.severity, pattern.message, {}, pattern.hint},
                    Pattern(engine.dialect().grammar().lexical, pattern.statement)});
  }
  for (const std::string& name : allowed_) check_known(name);
  for (const LintRuleSeverity& one : settings_.severities) {
    check_known(one.rule);
    severities_[one.rule] = one.severity;
  }
  linter_ = engine.linter(request);
}

// A project's settings are for every database that it has: only what no engine has is refused.
void Session::check_known(const std::string& rule) const {
  if (known_.contains(rule)) return;
  for (const driver::Engine* other : driver::engines()) {
    if (other->lint_rules == nullptr) continue;
    if (std::ranges::any_of(other->lint_rules(),
                            [&](const LintRuleText& one) { return one.id == rule; })) {
      return;
    }
  }
  throw Error(ErrorCode::usage, "\"" + rule + "\" is no rule for " + std::string(engine_.title),
              "gander::lint_rules() lists the rules");
}

Session::~Session() = default;

Session::File& Session::begin(const source::Migration& migration) {
  File& file = files_.emplace_back();
  file.version = migration.version;
  file.seen.place = migration.place;
  file.judged = migration.version > settings_.start_after;
  if (!names_.take(migration.name)) {
    file.seen.found.push_back(
        found(rule::kFileName, {}, migration.name + " does not match " + names_.expression()));
  }
  return file;
}

void Session::pass_over(File& file) { file.judged = false; }

void Session::tell(File& file, const LintRuleText& rule, std::string message) {
  file.seen.found.push_back(found(rule, {}, std::move(message)));
}

void Session::tell_of_absent(const std::string& place, const LintRuleText& rule,
                             std::string message) {
  File& file = files_.emplace_back();
  file.seen.place = place;
  tell(file, rule, std::move(message));
}

Session::File* Session::add(const source::Migration& migration, const script::Variables& variables,
                            bool exact_annotations) {
  if (migration.kind != source::Kind::sql) {
    linter_->pass_unknown();
    return nullptr;
  }
  File& file = begin(migration);
  try {
    const run::Script script(migration, engine_.dialect().grammar(),
                             {variables.environment, &file.hidden});
    const script::Section& up = script.summary().up;
    if (exact_annotations && !up.lookalikes.empty()) {
      file.seen.found.push_back(defect(up.lookalikes.front()));
    }
    file.allows = find_allows(*migration.open());
    read(file, script);
    if (script.summary().down.error) {
      file.seen.found.push_back(defect(*script.summary().down.error));
    } else if (up.statements > 0 && script.summary().down.statements == 0) {
      file.seen.found.push_back(
          found(rule::kDownMissing, {}, "nothing says how to take this migration back"));
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_migration) throw;
    file.seen.found.push_back(defect(error.details()));
  }
  return &file;
}

void Session::add(const source::Migration& migration, const run::Script& script) {
  File& file = begin(migration);
  file.allows = find_allows(*migration.open());
  read(file, script);
}

// The first defect of the section is thrown by the reader, when its turn comes.
void Session::read(File& file, const run::Script& script) {
  file.seen.transactional = script.summary().transactional;
  linter_->begin(file.seen);
  const auto end = [&] {
    linter_->end();
    if (file.open) {
      file.seen.found.push_back(found(rule::kOpenTransaction, std::move(*file.open),
                                      "the transaction that begins here is never committed"));
    }
  };
  try {
    const std::unique_ptr<run::Script::Statements> statements = script.statements(Direction::up);
    sql::Statement unit;
    std::int64_t last = 0;
    while ((*statements)->next(&unit)) {
      // What follows the first piece of COPY ... FROM STDIN is its data.
      const bool data = unit.kind == sql::StatementKind::copy_from_stdin && unit.number == last;
      if (unit.number != last) ++file.statements;
      last = unit.number;
      if (data || unit.kind == sql::StatementKind::nothing) continue;
      file.seen.starts.push_back(unit.place().line);
      drop_quoted(engine_.dialect().grammar().lexical, unit, &file.allows);
      look_at_transactions(file, unit);
      look_for_patterns(file, unit);
      linter_->add(unit);
    }
  } catch (const Error&) {
    end();
    throw;
  }
  end();
}

void Session::look_for_patterns(File& file, const sql::Statement& unit) {
  if (own_.empty()) return;
  const std::vector<sql::Token> tokens =
      sql::tokens_of(engine_.dialect().grammar().lexical, unit.text);
  for (const OwnRule& own : own_) {
    for (const std::size_t at : own.pattern.find(tokens)) {
      file.seen.found.push_back(found(own.text, driver::lint_place(unit, 0, unit.text.size(), at),
                                      std::string(own.text.title)));
    }
  }
}

void Session::look_at_transactions(File& file, const sql::Statement& unit) {
  using Step = sql::TransactionSteps::Step;
  const bool inside = file.seen.transactional || file.open.has_value();
  const auto place = [&](std::size_t at) {
    return driver::lint_place(unit, 0, unit.text.size(), at);
  };
  // A unit that begins or ends transactions among other statements is `bare` itself.
  if (inside && unit.bare_at != sql::kNowhere) {
    file.seen.found.push_back(
        found(rule::kRefusesTransaction, place(unit.bare_at),
              file.open ? "this statement does not run inside the transaction that the file begins"
                        : "this statement does not run inside the transaction that up puts around "
                          "the file"));
  } else if (unit.bare_at != sql::kNowhere && unit.commands > 1 &&
             engine_.dialect().grammar().units_are_transactions) {
    file.seen.found.push_back(
        found(rule::kRefusesTransaction, place(unit.bare_at),
              "this statement is sent with others, which makes a transaction of them"));
  }
  if (!unit.transactions.any()) return;
  if (file.seen.transactional) {
    if (std::exchange(file.control_told, true)) return;
    file.seen.found.push_back(
        found(rule::kTransactionControl, place(0),
              unit.transactions.first == Step::begin
                  ? "this begins a transaction inside the one that up puts around the file"
                  : "this ends the transaction that up puts around the file"));
    return;
  }
  if (unit.transactions.last == Step::begin) {
    if (!file.open) file.open = place(0);
  } else {
    file.open.reset();
  }
}

// Does it stand in the statement of the finding, or before it with no other statement between?
bool Session::allow(File& file, const LintFound& found, LintReport* report) const {
  for (Allow& allow : file.allows) {
    if (allow.rule != found.rule->id || allow.reason.empty()) continue;
    const LintPlace& place = found.place;
    bool meant =
        allow.whole_file || (place.first_line <= allow.line && allow.line <= place.last_line);
    if (!meant && allow.line < place.first_line) {
      meant = std::ranges::none_of(file.seen.starts, [&](std::int64_t start) {
        return allow.line < start && start < place.first_line;
      });
    }
    if (!meant) continue;
    allow.used = true;
    report->allowed.push_back({finding(file, found), allow.reason});
    return true;
  }
  if (!allowed_.contains(found.rule->id)) return false;
  report->allowed.push_back({finding(file, found), {}});
  return true;
}

void Session::report_allows(const File& file, LintReport* report) const {
  for (const Allow& allow : file.allows) {
    const LintRuleText* rule = nullptr;
    std::string message;
    if (!known_.contains(allow.rule)) {
      rule = &rule::kUnknownRule;
      message = allow.rule.empty()
                    ? "the comment names no rule"
                    : "there is no rule " + allow.rule + " for " + std::string(engine_.title);
    } else if (allow.reason.empty()) {
      rule = &rule::kAllowWithoutReason;
      message = allow.rule + " is allowed without a reason, which does not count";
    } else if (!allow.used) {
      rule = &rule::kUnusedAllow;
      message = "nothing here is found by " + allow.rule;
    }
    if (rule == nullptr || allowed_.contains(rule->id)) continue;
    const auto mark = static_cast<std::int64_t>(allow.source_line.find("gander:allow"));
    report->findings.push_back(finding(
        file, found(*rule, {allow.line, mark + 1, allow.source_line, allow.line, allow.line},
                    std::move(message))));
  }
}

void Session::settle(File& file, LintReport* report) {
  if (!file.judged) return;
  ++report->files;
  report->statements += file.statements;
  const std::size_t before = report->findings.size();
  std::ranges::sort(file.seen.starts);
  for (const LintFound& one : file.seen.found) {
    if (allow(file, one, report)) continue;
    report->findings.push_back(finding(file, one));
  }
  report_allows(file, report);
  std::stable_sort(report->findings.begin() + static_cast<std::ptrdiff_t>(before),
                   report->findings.end(), [](const LintFinding& a, const LintFinding& b) {
                     return a.line != b.line ? a.line < b.line : a.column < b.column;
                   });
}

// A project's own rules hold for every file.
bool Session::idle() const {
  return settings_.patterns.empty() && settings_.names.empty() && linter_->idle();
}

LintReport Session::finish() {
  linter_->finish();
  LintReport report;
  report.dialect = engine_.name;
  report.server = linter_->server();
  for (File& file : files_) settle(file, &report);
  return report;
}

}  // namespace gander::linting
