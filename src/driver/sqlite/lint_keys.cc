// SPDX-License-Identifier: MIT
// What statements would do on another connection or to other rows, found out by trying: with
// foreign keys enforced, as an application's connection has them, and with a row in the table.
#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "src/driver/sqlite/dialect.h"
#include "src/driver/sqlite/lexical.h"
#include "src/driver/sqlite/lint_reader.h"

namespace gander::driver::sqlite {
namespace {

// What is done within its life is undone.
class Attempt {
 public:
  explicit Attempt(LintScratch& scratch) : scratch_(scratch), keys_(scratch.enforces_keys()) {
    scratch_.run("SAVEPOINT gander_attempt");
  }
  ~Attempt() {
    // An error may have taken the transaction back, and with it the savepoint.
    scratch_.run("ROLLBACK TO gander_attempt; RELEASE gander_attempt");
    scratch_.enforce_keys(keys_);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

 private:
  LintScratch& scratch_;
  const bool keys_;
};

bool owes_keys(LintScratch& scratch) {
  int owed = 0;
  int highest = 0;
  sqlite3_db_status(scratch.handle(), SQLITE_DBSTATUS_DEFERRED_FKS, &owed, &highest, 0);
  return owed != 0;
}

}  // namespace

std::string LintReader::present_name(const std::string& original) const {
  for (const auto& [name, table] : in_use_) {
    if (folded(table.original) == original) return name;
  }
  return {};
}

// By their present names, folded.
std::set<std::string> LintReader::descendants(const std::string& table) const {
  std::set<std::string> found;
  const auto start = in_use_.find(table);
  if (start == in_use_.end()) return found;
  std::vector<std::string> open = {folded(start->second.original)};
  while (!open.empty()) {
    const auto children = children_.find(open.back());
    open.pop_back();
    if (children == children_.end()) continue;
    for (const std::string& child : children->second) {
      const std::string name = present_name(child);
      if (name.empty() || name == table || !found.insert(name).second) continue;
      open.push_back(child);
    }
  }
  return found;
}

void LintReader::try_with_keys(const std::string& table, Rule rule) {
  const bool adds = rule == Rule::add_column_references;
  // Where they are enforced anyway a refusal speaks for itself.
  if (!state_.keys_on || state_.failed || (adds && scratch_->enforces_keys())) return;
  const std::set<std::string> others = descendants(table);
  if (others.empty() && !adds) return;
  std::map<std::string, std::string> before;
  for (const std::string& other : others) before[other] = digest_of(*scratch_, other);
  std::optional<Refusal> why;
  std::vector<std::string> changed;
  {
    const bool owed = owes_keys(*scratch_);
    const Attempt attempt(*scratch_);
    scratch_->enforce_keys(true);
    why = scratch_->run_watched(now_.text);
    for (const std::string& other : others) {
      if (!adds && digest_of(*scratch_, other) != before[other]) {
        changed.push_back(in_use_.at(other).original);
      }
    }
    const bool owes = rule == Rule::drop_cascades && !owed && owes_keys(*scratch_);
    if (!why && changed.empty() && owes) {
      why = Refusal{SQLITE_CONSTRAINT_FOREIGNKEY,
                    "COMMIT fails, because rows of others refer to it", -1};
    }
  }
  const std::string shown = in_use_.at(table).original;
  if (adds) {
    if (why && why->message.find("REFERENCES") != std::string::npos) {
      find(rule, by_keys(), place(), "with foreign keys enforced: " + why->message);
    }
    return;
  }
  if (why && why->code == SQLITE_CONSTRAINT_FOREIGNKEY) {
    return find(rule, by_keys(), place(), "with foreign keys enforced this fails: " + why->message);
  }
  // Which of the invented rows a condition means says nothing.
  const bool may = invents_ && rule == Rule::child_rows &&
                   !sql::Words(kLexicalRules, now_.text).peek().is("update");
  if (changed.empty() && may) {
    return find(rule, place(),
                "rows of " + shown + " may go that others refer to: those of " +
                    listed({others.begin(), others.end()}));
  }
  if (changed.empty()) return;
  find(rule, by_keys(), place(),
       "with foreign keys enforced this changes or deletes rows of " + listed(changed) +
           ", which "
           "refer to " +
           shown);
}

// An empty table takes columns that one with rows does not.
void LintReader::try_add_with_row(const std::string& table) {
  if (scratch_->number("SELECT 1 FROM main." + dialect().quote(table) + " LIMIT 1") != 0) return;
  std::optional<Refusal> empty;
  std::optional<Refusal> filled;
  {
    const Attempt attempt(*scratch_);
    empty = scratch_->run_watched(now_.text);
  }
  {
    const Attempt attempt(*scratch_);
    scratch_->invent_rows(table);
    filled = scratch_->run_watched(now_.text);
  }
  const std::optional<Rule> rule = filled ? rule_of_added(filled->message) : std::nullopt;
  if (empty || !rule) return;
  find(*rule, place(), "SQLite refuses this as soon as there is a row: " + filled->message);
}

// What SQLite says of a column is the same for any table with a row.
std::optional<Refusal> LintReader::try_add_to_unknown(const std::string& table) {
  const Attempt attempt(*scratch_);
  const std::string name = dialect().quote(table);
  scratch_->run("CREATE TABLE " + name + " (gander_column); INSERT INTO " + name + " VALUES (1)");
  std::optional<Refusal> why = scratch_->run_watched(now_.text);
  // It speaks of the columns that are not known.
  if (why && why->message.find("no such column") != std::string::npos) return std::nullopt;
  return why;
}

// Columns that REPLACE has emptied: more of them are NULL than there are new rows.
void LintReader::try_replace(const std::string& table) {
  const std::optional<TableImage> before = image_of(*scratch_, table);
  std::optional<TableImage> after;
  {
    const Attempt attempt(*scratch_);
    if (!scratch_->run_watched(now_.text)) after = image_of(*scratch_, table);
  }
  if (!before || !after) return;
  std::vector<std::string> emptied;
  for (const ColumnImage& column : before->columns) {
    const ColumnImage* now = after->column(column.name);
    if (now == nullptr) continue;
    const auto nulls = [](const ColumnImage& one) {
      return std::ranges::count(one.values, std::string("-"));
    };
    if (nulls(*now) - nulls(column) > after->rows - before->rows) emptied.push_back(column.name);
  }
  if (emptied.empty()) return;
  find(Rule::replace_clears, by_rows(Rule::replace_clears), place(),
       "rows of " + before->name + " lose " + listed(emptied) + ", which this does not name");
}

}  // namespace gander::driver::sqlite
