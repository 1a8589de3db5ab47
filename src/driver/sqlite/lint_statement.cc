// SPDX-License-Identifier: MIT
// What LintReader sees of one statement: before it runs in the scratch database, behind it, and
// where it is refused.
#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "src/driver/sqlite/lexical.h"
#include "src/driver/sqlite/lint_reader.h"
#include "src/driver/sqlite/pragma_effect.h"
#include "src/sql/rows_changed.h"

namespace gander::driver::sqlite {

using sql::Outline;
using sql::Words;
namespace {

// Of the files' owners: DROP TABLE changes rows of others, and they know (foreign_keys.cc).
constexpr std::string_view kKnown = "gander:allow-child-changes";

// What is tried twice is tried on so many statements of a file and table.
constexpr int kMostTries = 40;

bool is_constraint(const Refusal& why) { return (why.code & 0xff) == SQLITE_CONSTRAINT; }

bool is_on(std::string_view value) { return is_in_force("foreign_keys", value, "1"); }

bool has_word(std::string_view text, std::string_view word) {
  for (Words words(kLexicalRules, text); !words.at_end(); words.take()) {
    if (words.peek().is(word)) return true;
  }
  return false;
}

bool replaces(std::string_view text) {
  Words words(kLexicalRules, text);
  if (words.accept("replace")) return true;
  return words.accept_any({"insert", "update"}) && words.accept("or") && words.accept("replace");
}

std::string target_of_insert(std::string_view text) {
  Words words(kLexicalRules, text);
  while (!words.done() && !words.accept("into")) words.take();
  return words.name();
}

}  // namespace

std::optional<Rule> LintReader::rule_of_added(const std::string& message) {
  const auto says = [&](std::string_view part) { return message.find(part) != std::string::npos; };
  if (says("NOT NULL")) return Rule::add_column_not_null;
  if (says("REFERENCES")) return Rule::add_column_references;
  if (says("non-constant default")) return Rule::add_column_default;
  const bool refused = says("UNIQUE") || says("PRIMARY KEY") || says("STORED") || says("CHECK");
  return refused ? std::optional(Rule::add_column_refused) : std::nullopt;
}

// --- the session

// True: it is not to run.
bool LintReader::look_at_pragma(const PragmaText& pragma) {
  const bool within = scratch_->in_transaction();
  const std::string sql = "PRAGMA " + pragma.name + " = " + pragma.value;
  if (pragma.name == "foreign_keys") {
    const bool on = is_on(pragma.value);
    if (within) {
      // Where it says what is so anyway nobody misses it.
      const bool run = on == scratch_->enforces_keys();
      find(Rule::pragma_without_effect,
           on == state_.keys_on ? LintSeverity::note
           : run                ? LintSeverity::warning
                                : LintSeverity::error,
           place(), sql + " does nothing in a transaction");
      return true;
    }
    state_.keys_on = on;
    state_.keys_off.reset();
    if (!state_.keys_on) state_.keys_off = place();
    return false;
  }
  if (pragma.name == "journal_mode") {
    const bool known = !is_in_force(pragma.name, pragma.value, "");
    if (within && known) {
      find(Rule::not_in_transaction, place(),
           sql + " in a transaction: an error before the first change, and behind it no effect");
    }
    return true;
  }
  return look_at_setting(pragma, within);
}

bool LintReader::look_at_setting(const PragmaText& pragma, bool within) {
  const std::string sql = "PRAGMA " + pragma.name + " = " + pragma.value;
  if (scope_of(pragma.name) == PragmaScope::file) {
    if (!in_use_.empty()) state_.settings.insert_or_assign(sql, place());
    return true;
  }
  if (pragma.name == "writable_schema" || pragma.name == "ignore_check_constraints") {
    if (is_on(pragma.value)) {
      state_.writes_schema = true;
      find(Rule::writable_schema, place(),
           pragma.name == "writable_schema" ? "sqlite_schema can be written by hand from here on"
                                            : "no CHECK is looked at from here on");
    }
    return pragma.name == "writable_schema";
  }
  if (pragma.name == "temp_store") {
    // Temporary tables are to stay in memory.
    const bool used = scratch_->number("SELECT count(*) FROM temp.sqlite_master") != 0;
    if (within && used) {
      find(Rule::not_in_transaction, place(),
           sql + " in a transaction: an error while there are temporary tables");
    }
    return true;
  }
  return pragma.name == "max_page_count";
}

// ATTACH gets a database in memory instead of a file. True: nothing else is to run.
bool LintReader::look_at_session() {
  Words words(kLexicalRules, now_.text);
  if (words.peek().is("vacuum")) return has_word(now_.text, "into") || look_at_vacuum();
  if (!words.accept("attach")) return false;
  std::string name;
  while (!words.done()) {
    const bool as = words.peek().is("as");
    words.take();
    if (as) name = sql::unquoted(words.peek());
  }
  scratch_->run("ATTACH ':memory:' AS " + dialect().quote(name));
  return true;
}

// It numbers rows anew where no key is their number.
bool LintReader::look_at_vacuum() {
  if (scratch_->in_transaction()) return false;
  std::erase_if(state_.settings,
                [](const auto& one) { return one.first.find("encoding") == std::string::npos; });
  const auto rowids = [&] {
    std::map<std::string, std::vector<std::int64_t>> found;
    for (const auto& [name, table] : in_use_) {
      if (table.complete) found.emplace(table.original, rowids_of(*scratch_, name));
    }
    return found;
  };
  const auto before = rowids();
  if (scratch_->run("VACUUM")) return true;
  std::vector<std::string> moved;
  for (const auto& [name, now] : rowids()) {
    if (before.at(name) != now) moved.push_back(name);
  }
  if (!moved.empty()) {
    find(Rule::rowids_moved, invents_ ? LintSeverity::note : LintSeverity::warning, place(),
         "the rows of " + listed(moved) + " get other rowids");
  }
  return true;
}

// --- before it runs

void LintReader::look_before(const Outline& outline) {
  if (outline.verb == Outline::Verb::create && outline.guarded) look_at_existing(outline);
  if (outline.verb == Outline::Verb::drop) before_drop(outline);
  if (outline.verb == Outline::Verb::alter) before_alter(outline);
  if (outline.verb == Outline::Verb::other) look_at_rows();
}

void LintReader::look_at_existing(const Outline& outline) {
  const std::string name = resolve(outline.name);
  if (name.empty() || outline.temporary || made_.contains(name)) return;
  if (before_->number("SELECT 1 FROM sqlite_master WHERE lower(name) = " +
                      dialect().literal(name)) == 0) {
    return;
  }
  std::string there;
  scratch_->visit(
      "SELECT type, name, tbl_name, sql FROM main.sqlite_master WHERE lower(name) = " +
          dialect().literal(name) + " AND sql NOT NULL",
      [&](sqlite3_stmt* row) {
        const auto text = [&](int column) {
          return std::string(reinterpret_cast<const char*>(sqlite3_column_text(row, column)));
        };
        there = text(0) + definition_text({text(0), text(1), text(2), text(3)});
      });
  if (there.empty()) return;
  std::string sql = now_.text;
  while (!sql.empty() && (sql.back() == ';' || sql.back() == ' ' || sql.back() == '\n')) {
    sql.pop_back();
  }
  const std::string table = outline.table.empty() ? name : split(outline.table).table;
  if (there == outline.kind + definition_text({outline.kind, name, table, sql})) return;
  find(Rule::exists_otherwise, place(),
       outline.kind + " " + split(outline.name).table +
           " is there with another definition, which stays");
}

void LintReader::before_drop(const Outline& outline) {
  if (outline.kind == "trigger") {
    const Name name = split(outline.name);
    const std::vector<std::string> tables = scratch_->texts(
        "SELECT lower(tbl_name) FROM main.sqlite_master WHERE type = 'trigger' AND lower(name) = "
        "lower(" +
        dialect().literal(name.table) + ")");
    const std::string table = tables.empty() ? std::string() : tables.front();
    if (in_use(table)) state_.triggers.push_back({name.table, table, place()});
    return;
  }
  if (outline.kind != "table") return;
  const std::string table = resolve(outline.name);
  if (!in_use(table)) {
    const bool unknown = invents_ && !made_.contains(table) && !table.empty();
    if (unknown && outline.guarded && !exists("table", table)) {
      // A first file is wont to begin so; a later one alone means what is there.
      find(Rule::untold, in_use_.empty() ? LintSeverity::warning : LintSeverity::note, place(),
           "no file before this one makes " + split(outline.name).table +
               ": whether rows are lost cannot be told");
    }
    return;
  }
  if (!knows_children()) try_with_keys(table, Rule::drop_cascades);
  const InUse& old = in_use_.at(table);
  if (std::optional<TableImage> image = image_of(*scratch_, table)) {
    state_.gone.insert_or_assign(folded(old.original),
                                 Gone{std::move(*image), old.original, place(), old.complete});
  }
}

bool LintReader::knows_children() const {
  return now_.unit->text.find(kKnown) != std::string_view::npos;
}

void LintReader::before_alter(const Outline& outline) {
  const std::string table = resolve(outline.name);
  Words words = outline.rest;
  if (!in_use(table) || !words.accept("add")) return;
  if (has_word(now_.text, "references")) try_with_keys(table, Rule::add_column_references);
  const bool plain = std::ranges::none_of(
      std::initializer_list<std::string_view>{"not", "default", "unique", "primary", "as", "check"},
      [&](std::string_view word) { return has_word(now_.text, word); });
  if (!plain) try_add_with_row(table);
}

void LintReader::look_at_rows() {
  const Words words(kLexicalRules, now_.text);
  const bool replace = replaces(now_.text);
  if (!replace && !words.peek().is_any({"update", "delete", "with"})) return;
  for (const sql::RowsChanged& changed : sql::rows_changed(kLexicalRules, now_.text)) {
    const std::string table = resolve(changed.table);
    if (!changed.all || !in_use(table)) continue;
    const std::string any = "SELECT 1 FROM main." + dialect().quote(table) + " LIMIT 1";
    if (scratch_->number(any) == 0) continue;
    const std::string shown = split(changed.table).table;
    if (changed.deletes) {
      find(Rule::delete_all, place(changed.at),
           "DELETE FROM " + shown + " has no condition: every row is gone");
      continue;
    }
    const auto updated = scratch_->touched().updated.find(table);
    const std::set<std::string>& added = added_[folded(in_use_.at(table).original)];
    const bool filled = updated != scratch_->touched().updated.end() &&
                        std::ranges::includes(added, updated->second);
    if (filled) continue;
    find(Rule::update_all, place(changed.at),
         "UPDATE " + shown + " has no condition: every row is written");
  }
  std::set<std::string> targets;
  for (const sql::RowsChanged& changed : sql::rows_changed(kLexicalRules, now_.text)) {
    targets.insert(resolve(changed.table));
  }
  if (replace) targets.insert(resolve(target_of_insert(now_.text)));
  for (const std::string& table : targets) {
    if (!in_use(table) || ++state_.tries[table] > kMostTries) continue;
    try_with_keys(table, Rule::child_rows);
    if (replace) try_replace(table);
  }
}

// --- behind it

void LintReader::look_after(const Outline& outline) {
  switch (outline.verb) {
    case Outline::Verb::create:
      return after_create(outline);
    case Outline::Verb::drop:
      return after_drop(outline);
    case Outline::Verb::alter:
      return after_alter(outline);
    case Outline::Verb::other:
      return after_rows();
  }
}

void LintReader::after_create(const Outline& outline) {
  if (outline.temporary) return;
  const std::string name = resolve(outline.name);
  if (name.empty()) return;
  if (outline.kind == "table" || outline.kind == "virtual") {
    if (!in_use(name)) made_.try_emplace(name, Made{place(), {}, {}, false});
    if (copies() && made_.contains(name)) made_.at(name).copied = place();
  }
  if (outline.kind == "trigger") state_.new_triggers.insert_or_assign(name, place());
  if (outline.kind == "view") state_.new_views.insert_or_assign(name, place());
}

void LintReader::after_drop(const Outline& outline) {
  if (outline.kind != "table") return;
  const std::string name = folded(split(outline.name).table);
  if (exists("table", name)) return;  // it was a temporary one
  made_.erase(name);
  if (in_use_.erase(name) > 0) vanish(name);
}

void LintReader::after_alter(const Outline& outline) {
  const std::string table = resolve(outline.name);
  if (table.empty()) return;
  Words words = outline.rest;
  const std::string shown = split(outline.name).table;
  if (words.accept("rename") && words.accept("to")) {
    return rename_table(table, sql::unquoted(words.peek()));
  }
  if (!in_use(table)) return;
  std::set<std::string>& added = added_[folded(in_use_.at(table).original)];
  words = outline.rest;
  const sql::Token verb = words.take();
  words.accept("column");
  const std::string column = sql::unquoted(words.take());
  if (verb.is("add")) {
    added.insert(folded(column));
    return;
  }
  if (added.contains(folded(column))) return;
  if (verb.is("rename")) {
    words.accept("to");
    find(Rule::rename_column, place(),
         shown + "." + column + " is called " + sql::unquoted(words.peek()) + " from then on");
  } else if (verb.is("drop")) {
    state_.vanished.insert_or_assign(folded(column), place());
    find(Rule::drop_column, place(), "the values of " + shown + "." + column + " are gone");
  }
}

void LintReader::vanish(const std::string& table) {
  state_.vanished.insert_or_assign(table, place());
  if (knows_children()) state_.known.insert(table);
}

void LintReader::rename_table(const std::string& table, const std::string& to) {
  if (auto node = in_use_.extract(table)) {
    const std::string original = node.mapped().original;
    names_.insert(folded(to));
    vanish(table);
    state_.renamed.insert_or_assign(folded(original), Renamed{place(), original, to});
    node.key() = folded(to);
    in_use_.insert(std::move(node));
  } else if (auto made = made_.extract(table)) {
    made.key() = folded(to);
    made_.insert(std::move(made));
  }
}

void LintReader::after_rows() {
  if (Words(kLexicalRules, now_.text).peek().is("rollback")) return bring_back();
  const Touched& touched = scratch_->touched();
  for (const std::string& table : touched.inserted) {
    const auto made = made_.find(table);
    if (made != made_.end() && copies()) made->second.copied = place();
  }
  for (const auto& [table, columns] : touched.updated) {
    const auto made = made_.find(table);
    if (made != made_.end()) made->second.updated.insert(columns.begin(), columns.end());
  }
  for (const std::string& table : touched.deleted) {
    const auto made = made_.find(table);
    const bool deletes = Words(kLexicalRules, now_.text).peek().is_any({"delete", "with"});
    if (made != made_.end() && deletes) made->second.rows_deleted = true;
  }
}

// What was dropped and is there again.
void LintReader::bring_back() {
  for (const auto& [original, gone] : state_.gone) {
    if (in_use(original) || made_.contains(original) || !exists("table", original)) continue;
    in_use_.emplace(original, InUse{gone.name, true, gone.complete});
  }
  std::erase_if(state_.gone, [&](const auto& one) { return in_use(one.first); });
}

// --- refused

void LintReader::refused(const Outline& outline, const Refusal& why) {
  const int code = why.code & 0xff;
  // It would reach a file: not tried.
  if (code == SQLITE_AUTH) return;
  state_.failed = true;
  if (state_.writes_schema && why.message.ends_with("may not be modified")) return;
  if (code == SQLITE_INTERRUPT || code == SQLITE_FULL || code == SQLITE_NOMEM) {
    return find(Rule::untold, place(),
                "this takes more than can be tried: what it does cannot be "
                "told");
  }
  if (refused_unknown(outline, why)) return;
  const bool first = !std::exchange(state_.stops, true);
  if (outline.verb == Outline::Verb::alter && refused_alter(outline, why)) return;
  if (is_constraint(why) && refused_rows(outline, why)) return;
  const bool within = scratch_->in_transaction();
  const Words words(kLexicalRules, now_.text);
  if (words.peek().is("detach") && within) {
    return find(Rule::not_in_transaction, place(), "DETACH in a transaction: " + why.message);
  }
  if (why.message.find("inside a transaction") != std::string::npos ||
      why.message.find("from within a transaction") != std::string::npos) {
    // That of VACUUM is told for any engine.
    if (!words.peek().is("vacuum")) find(Rule::not_in_transaction, place(), why.message);
    return;
  }
  // BEGIN and COMMIT in a file that runs in a transaction are told for any engine.
  // A run tells by itself what fails in it.
  if (!first || request_.brief) return;
  const bool control =
      words.peek().is_any({"begin", "commit", "end", "rollback", "savepoint", "release"});
  if (control && file_->transactional) return;
  find(Rule::fails, place(why.offset < 0 ? 0 : static_cast<std::size_t>(why.offset)),
       "SQLite refuses this: " + why.message);
}

// What only the application or another database has, or a file that was not given.
bool LintReader::refused_unknown(const Outline& outline, const Refusal& why) {
  constexpr std::string_view kOthers[] = {"no such function: ", "no such module: "};
  for (const std::string_view begin : kOthers) {
    if (!why.message.starts_with(begin)) continue;
    if (state_.untold.insert(folded(why.message)).second) {
      find(Rule::untold, place(),
           "nobody but the application knows this: " + why.message +
               ": what the statement does cannot be told");
    }
    return true;
  }
  constexpr std::string_view kObjects[] = {
      "no such table: ", "no such view: ", "no such index: ", "no such trigger: "};
  for (const std::string_view begin : kObjects) {
    if (!why.message.starts_with(begin)) continue;
    const Name name = split(why.message.substr(begin.size()));
    const bool here = name.schema.empty() || folded(name.schema) == "main";
    const bool whole = !invents_ && !unknown_passed_;
    const bool known = whole && here && !scratch_->missing().contains(folded(name.table));
    if (state_.unmade.contains(folded(name.table))) return true;
    if (known || folded(name.schema) == "temp") return false;
    // What it would have made is not known either.
    if (outline.verb == Outline::Verb::create) {
      state_.unmade.insert(folded(split(outline.name).table));
    }
    if (invents_ && look_at_text(outline, name.table)) return true;
    if (state_.untold.insert(folded(name.table)).second) {
      const bool mild = !replaces(now_.text) && outline.verb != Outline::Verb::drop;
      find(Rule::untold, mild ? LintSeverity::note : LintSeverity::warning, place(),
           (here && !whole ? "no file before this one makes " + name.table
                           : name.table + " cannot be made here") +
               ": what the statement does cannot be told");
    }
    return true;
  }
  return false;
}

// What can be said of a statement whose table is not known. True: it is said.
bool LintReader::look_at_text(const Outline& outline, const std::string& table) {
  if (outline.verb == Outline::Verb::drop && outline.kind == "table") {
    state_.unknown_gone.insert_or_assign(table, place());
    return true;
  }
  if (outline.creates("index")) {
    if (outline.unique) {
      find(Rule::unique_duplicates, LintSeverity::warning, place(), table + " may have duplicates");
    }
    return true;
  }
  std::set<std::string>& added = added_[folded(table)];
  if (outline.verb == Outline::Verb::other) {
    for (const sql::RowsChanged& changed : sql::rows_changed(kLexicalRules, now_.text)) {
      if (!changed.all || (!changed.deletes && !added.empty())) continue;
      find(changed.deletes ? Rule::delete_all : Rule::update_all, place(changed.at),
           (changed.deletes ? "DELETE FROM " : "UPDATE ") + changed.table + " has no condition");
      return true;
    }
    return false;
  }
  Words words = outline.rest;
  if (outline.verb != Outline::Verb::alter) return false;
  if (words.accept("add")) {
    const std::optional<Refusal> why = try_add_to_unknown(table);
    if (why && !refused_alter(outline, *why)) {
      find(Rule::fails, place(), "SQLite refuses this: " + why->message);
    }
    words.accept("column");
    added.insert(folded(sql::unquoted(words.peek())));
    return true;
  }
  const bool renames = words.accept("rename");
  if (!renames) words.accept("drop");
  words.accept("column");
  if (added.contains(folded(sql::unquoted(words.peek())))) return true;
  if (renames && words.peek().is("to")) {
    find(Rule::rename_table, place(), table + " gets another name");
  } else if (renames) {
    find(Rule::rename_column, place(), "a column of " + table + " gets another name");
  } else {
    find(Rule::drop_column, place(), "values of " + table + " are gone with their column");
  }
  return true;
}

bool LintReader::refused_alter(const Outline& outline, const Refusal& why) {
  const auto says = [&](std::string_view part) {
    return why.message.find(part) != std::string::npos;
  };
  Words words = outline.rest;
  const std::string shown = split(outline.name).table;
  const bool syntax = says("syntax error") || says("no such column");
  if (words.peek().is("add") && !syntax) {
    const std::optional<Rule> rule = rule_of_added(why.message);
    if (!rule) return false;
    find(*rule, place(), "SQLite refuses this: " + why.message);
    return true;
  }
  if (words.peek().is("drop") && !syntax) {
    find(Rule::drop_column_used, place(), "SQLite refuses this: " + why.message);
    return true;
  }
  if (words.peek().is("drop") && says(" after drop column")) {
    find(Rule::drop_column_used, place(), "SQLite refuses this: " + why.message);
    return true;
  }
  if (words.peek().is("rename") && says("error in ")) {
    // The cause is what took away the table that the view names.
    const auto cause = std::ranges::find_if(state_.vanished, [&](const auto& one) {
      return folded(why.message).ends_with("." + one.first);
    });
    find(Rule::view_broken, cause == state_.vanished.end() ? place() : cause->second,
         "the rename of " + shown + " fails: " + why.message);
    return true;
  }
  return false;
}

bool LintReader::refused_rows(const Outline& outline, const Refusal& why) {
  if (outline.creates("index") && outline.unique) {
    find(Rule::unique_duplicates, by_rows(Rule::unique_duplicates), place(),
         invents_ ? split(outline.table).table + " may have duplicates: " + why.message
                  : split(outline.table).table + " has duplicates: " + why.message);
    return true;
  }
  if (why.code == SQLITE_CONSTRAINT_TRIGGER) return false;
  if (Words(kLexicalRules, now_.text).peek().is_any({"insert", "replace"}) && copies()) {
    find(Rule::copy_fails, by_rows(Rule::copy_fails), place(),
         invents_ ? "rows that are there may not fit: " + why.message
                  : "rows that are there do not fit: " + why.message);
    return true;
  }
  // Invented rows are in the way of nobody; and what keys forbid has been told.
  return invents_ || why.code == SQLITE_CONSTRAINT_FOREIGNKEY;
}

}  // namespace gander::driver::sqlite
