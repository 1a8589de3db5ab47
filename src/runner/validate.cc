// SPDX-License-Identifier: MIT
// validate() without a database: each file is read by the rules of a dialect, or by those of all.
#include "src/runner/validate.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gander/validate.h"
#include "src/driver/engine.h"
#include "src/run/task.h"
#include "src/script/goose_reading.h"

namespace gander {
namespace {

// nullptr: any.
const driver::Engine* engine_asked_for(const std::string& dialect) {
  if (dialect.empty()) return nullptr;
  const driver::Engine* engine = driver::engine_named(dialect);
  if (engine != nullptr) return engine;
  std::string known;
  for (const driver::Engine* one : driver::engines()) {
    known += (known.empty() ? "" : ", ") + std::string(one->name);
  }
  throw Error(ErrorCode::usage, "\"" + dialect + "\" is no dialect",
              "the dialects are " + known + "; with none, only what holds in every one is checked");
}

// Not by sql::kPlainGrammar, which knows no dollar quotes, no bodies of triggers and no data behind
// a statement, and would find defects in files that are sound. A file that one dialect takes is
// none's fault, unless only that one needs no `;` at the end. Of
// the complaints about one that none takes, the one counts that comes last in the file: the others
// stumbled over what it understood.
void check_in_any(const source::Migration& migration, const script::Variables& variables,
                  bool exact_annotations, Validation* validation) {
  std::optional<Validation> furthest;
  for (const driver::Engine* engine : driver::engines()) {
    const driver::Dialect& rules = engine->dialect();
    Validation one;
    if (!check_migration(migration, rules, variables, exact_annotations, &one)) continue;
    const bool fine = one.defects.empty();
    if (fine || !furthest || one.defects[0].line > furthest->defects[0].line) {
      furthest = std::move(one);
    }
    if (fine) break;
  }
  validation->migrations.push_back(std::move(furthest->migrations[0]));
  for (ErrorDetails& defect : furthest->defects) validation->defects.push_back(std::move(defect));
}

std::string read_all(Input& input) {
  std::string text;
  std::array<char, 1 << 16> buffer;
  while (const std::size_t size = input.read(buffer.data(), buffer.size())) {
    text.append(buffer.data(), size);
  }
  return text;
}

struct OurStatement {
  std::string text;
  std::int64_t line = 0;
};

std::vector<OurStatement> our_statements(const source::Migration& migration,
                                         const driver::Dialect& rules,
                                         const script::Variables& variables, Direction direction) {
  const std::unique_ptr<Input> input = migration.open();
  script::StatementReader reader(*input, {&rules.grammar(), direction, migration.place, variables});
  std::vector<OurStatement> statements;
  sql::Statement statement;
  std::int64_t last = 0;
  while (reader.next(&statement)) {
    if (statement.number != last) statements.push_back({"", statement.place().line});
    last = statement.number;
    statements.back().text += statement.shown();
  }
  return statements;
}

// What goose makes of one direction of a file that is no defect here; empty when it is the same.
std::optional<ErrorDetails> goose_difference(const std::vector<OurStatement>& ours,
                                             const script::GooseReading& goose) {
  ErrorDetails details;
  details.code = ErrorCode::invalid_migration;
  details.hint =
      "goose looks at the ends of lines alone: put the statement between '-- +goose "
      "StatementBegin' and '-- +goose StatementEnd'";
  const std::size_t both = std::min(ours.size(), goose.statements.size());
  for (std::size_t i = 0; i < both; ++i) {
    const script::GooseStatement& theirs = goose.statements[i];
    if (ours[i].text == theirs.text) continue;
    details.line = ours[i].line;
    details.message =
        "goose would not end the statement that begins here where it ends, but on line " +
        std::to_string(theirs.last_line);
    return details;
  }
  if (!goose.error.empty()) {
    details.line = goose.error_line;
    details.message = "goose would refuse the file: it " + goose.error;
    details.hint = "see \"What differs\" in docs/compatibility.md";
    return details;
  }
  if (ours.size() == goose.statements.size()) return std::nullopt;
  const bool more = ours.size() > both;
  details.line = more ? ours[both].line : goose.statements[both].first_line;
  details.message = more ? "goose would not see the statement that begins here"
                         : "goose would send what begins here as a statement of its own";
  return details;
}

// In the dialect that takes the file; none else can say what its statements are.
void check_for_goose(const source::Migration& migration, const driver::Engine* asked,
                     const ValidateOptions& options, Validation* validation) {
  if (migration.kind == source::Kind::function) return;
  const script::Variables variables{options.environment, nullptr};
  const std::string text = read_all(*migration.open());
  for (const driver::Engine* engine : driver::engines()) {
    const driver::Dialect& rules = engine->dialect();
    if (asked != nullptr && engine != asked) continue;
    Validation one;
    const bool ends = check_migration(migration, rules, variables, options.exact_annotations, &one);
    if (!one.defects.empty() || (asked == nullptr && !ends)) continue;
    for (const Direction direction : {Direction::up, Direction::down}) {
      std::optional<ErrorDetails> found =
          goose_difference(our_statements(migration, rules, variables, direction),
                           script::read_as_goose(text, direction));
      if (!found) continue;
      found->file = migration.place;
      found->version = migration.version;
      validation->defects.push_back(std::move(*found));
      return;
    }
    return;
  }
}

}  // namespace

bool check_migration(const source::Migration& migration, const driver::Dialect& dialect,
                     const script::Variables& variables, bool exact_annotations,
                     Validation* validation) {
  bool ends = true;
  ValidatedMigration entry;
  entry.version = migration.version;
  entry.name = migration.name;
  entry.function = migration.kind == source::Kind::function;
  if (entry.function) entry.transactional = migration.function->transactional;
  try {
    for (const Direction direction : {Direction::up, Direction::down}) {
      plan::Steps steps;
      steps.steps.push_back({&migration, direction, ""});
      const std::vector<run::Task> tasks =
          run::prepare(steps, dialect, variables, true, exact_annotations).tasks;
      const std::int64_t count = tasks[0].statement_count();
      (direction == Direction::up ? entry.statements_up : entry.statements_down) = count;
      entry.checksum = tasks[0].checksum();
      if (entry.function) continue;
      const script::Summary& summary = tasks[0].script->summary();
      entry.transactional = summary.transactional;
      ends = ends && !summary.section(direction).ends_open;
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_migration) throw;
    validation->defects.push_back(error.details());
  }
  validation->migrations.push_back(std::move(entry));
  return ends;
}

Validation validate(const Source& source, const ValidateOptions& options) {
  const driver::Engine* asked = engine_asked_for(options.dialect);
  Validation validation;
  const script::Variables variables{options.environment, nullptr};
  for (const source::Migration& migration : source::list(source)) {
    if (asked == nullptr) {
      check_in_any(migration, variables, options.exact_annotations, &validation);
    } else {
      check_migration(migration, asked->dialect(), variables, options.exact_annotations,
                      &validation);
    }
    if (options.goose) check_for_goose(migration, asked, options, &validation);
  }
  return validation;
}

}  // namespace gander
