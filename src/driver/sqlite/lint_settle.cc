// SPDX-License-Identifier: MIT
// LintReader at the end of a file: what has become of the tables, triggers, views and keys that
// were there before it. A table that is gone and made again under its name has been rebuilt,
// whatever the order of the statements was.
#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "src/driver/driver.h"
#include "src/driver/sqlite/dialect.h"
#include "src/driver/sqlite/lint_reader.h"
#include "src/driver/sqlite/pragma_effect.h"

namespace gander::driver::sqlite {
namespace {

std::string literal(std::string_view text) { return dialect().literal(text); }

// Those of `before` that are neither there by name nor, called otherwise, by what they are.
std::vector<std::string> lost(const std::map<std::string, std::string>& before,
                              const std::map<std::string, std::string>& now) {
  std::vector<std::string> names;
  for (const auto& [name, what] : before) {
    const bool kept = now.contains(name) ||
                      std::ranges::any_of(now, [&](const auto& one) { return one.second == what; });
    if (!kept) names.push_back(name);
  }
  return names;
}

std::string bare(const std::string& value) { return value.substr(1); }

bool is_text(const std::string& value) { return value.front() == '\''; }

std::size_t count_nulls(const ColumnImage& column) {
  return static_cast<std::size_t>(std::ranges::count(column.values, std::string("-")));
}

std::size_t count_texts(const ColumnImage& column) {
  return static_cast<std::size_t>(std::ranges::count_if(column.values, is_text));
}

std::size_t count_numbers(const ColumnImage& column) {
  return static_cast<std::size_t>(std::ranges::count_if(
      column.values, [](const std::string& value) { return value.front() == '#'; }));
}

bool all_same(const ColumnImage& column) {
  return std::ranges::all_of(column.values,
                             [&](const std::string& one) { return one == column.values.front(); });
}

std::vector<std::string> bare_values(const ColumnImage& column) {
  std::vector<std::string> values;
  for (const std::string& value : column.values) values.push_back(bare(value));
  std::ranges::sort(values);
  return values;
}

}  // namespace

void LintReader::settle() {
  if (!state_.failed) {
    for (const auto& [original, gone] : state_.gone) settle_gone(original, gone);
    settle_triggers();
    settle_renamed();
    settle_references();
    settle_views();
    settle_writing();
  }
  for (const auto& [name, at] : state_.unknown_gone) {
    if (exists("table", name)) {
      find(Rule::untold, at,
           "no file before this one makes " + name + ": what the new one lacks cannot be told");
    } else {
      find(Rule::drop_table, at, "the rows of " + name + " are gone");
    }
  }
  settle_settings();
}

void LintReader::settle_gone(const std::string& original, const Gone& gone) {
  const auto made = made_.find(original);
  const std::string& name = gone.name;
  const std::optional<TableImage> now =
      made == made_.end() ? std::nullopt : image_of(*scratch_, original);
  if (!now) {
    const bool matters = gone.image.rows > 0 || children_.contains(original);
    find(Rule::drop_table, matters ? LintSeverity::error : LintSeverity::note, gone.place,
         gone.image.rows > 0 ? "the rows of " + name + " are gone"
                             : name + " is gone; it has no rows");
    return;
  }
  compare_definition(gone, made->second, *now);
  compare_objects(gone, *now);
  compare_rows(gone, made->second, *now);
}

// --- what the new table is

void LintReader::compare_definition(const Gone& gone, const Made& made, const TableImage& now) {
  const TableImage& old = gone.image;
  std::vector<std::string> strong;
  std::vector<std::string> weak;
  for (const ColumnImage& column : old.columns) {
    const ColumnImage* same = now.column(column.name);
    if (same == nullptr) {
      const bool empty = column.computed || count_nulls(column) == column.values.size();
      if (!empty) {
        find(Rule::drop_column, made.created,
             "the values of " + now.name + "." + column.name +
                 " are gone: the new table has no "
                 "such column");
      }
      continue;
    }
    if (column.not_null && !same->not_null && !same->key)
      weak.push_back("NOT NULL of " + column.name);
    if (column.default_value && !same->default_value) weak.push_back("DEFAULT of " + column.name);
    if (column.collation != same->collation && same->collation == "binary") {
      strong.push_back("COLLATE " + column.collation + " of " + column.name);
    }
    if (column.key && !same->key) strong.push_back("PRIMARY KEY of " + column.name);
    if (old.rowid_key && column.key && same->key && !now.rowid_key) {
      find(Rule::rowid_key_lost, made.created,
           now.name + "." + column.name + " is no longer INTEGER PRIMARY KEY but " + same->type);
    }
  }
  if (now.checks.size() < old.checks.size()) {
    for (const std::string& check : old.checks) {
      if (std::ranges::find(now.checks, check) == now.checks.end()) strong.push_back(check);
    }
  }
  std::string key_columns;
  for (const ColumnImage& column : old.columns) {
    if (column.key) key_columns += (key_columns.empty() ? "" : ",") + folded(column.name);
  }
  for (const std::string& columns : old.uniques) {
    if (columns != key_columns && !now.uniques.contains(columns))
      strong.push_back("UNIQUE (" + columns + ")");
  }
  for (const std::string& key : old.keys) {
    if (!now.keys.contains(key)) strong.push_back("the key " + key);
  }
  if (old.strict && !now.strict) strong.emplace_back("STRICT");
  if (old.without_rowid && !now.without_rowid) weak.emplace_back("WITHOUT ROWID");
  if (old.autoincrement && !now.autoincrement) {
    find(Rule::autoincrement_lost, made.created,
         now.name + " has AUTOINCREMENT no more: numbers of deleted rows are given again");
  }
  const LintSeverity severity = strong.empty() ? LintSeverity::warning : LintSeverity::error;
  strong.insert(strong.end(), weak.begin(), weak.end());
  if (strong.empty()) return;
  find(Rule::constraint_lost, severity, gone.place,
       "the new " + now.name + " is without " + listed(strong) + " of the old one");
}

void LintReader::compare_objects(const Gone& gone, const TableImage& now) {
  const std::vector<std::string> indexes = lost(gone.image.indexes, now.indexes);
  if (!indexes.empty()) {
    find(Rule::index_lost, gone.place,
         (indexes.size() == 1 ? "the index " : "the indexes ") + listed(indexes) + " of " +
             now.name + (indexes.size() == 1 ? " is" : " are") + " gone with the old table");
  }
  const std::vector<std::string> triggers = lost(gone.image.triggers, now.triggers);
  if (triggers.empty()) return;
  find(Rule::trigger_lost, gone.place,
       (triggers.size() == 1 ? "the trigger " : "the triggers ") + listed(triggers) + " of " +
           now.name + (triggers.size() == 1 ? " is" : " are") + " gone with the old table");
}

// --- what is in it

void LintReader::compare_rows(const Gone& gone, const Made& made, const TableImage& now) {
  const TableImage& old = gone.image;
  const LintPlace& copied = made.copied ? *made.copied : gone.place;
  if (old.autoincrement && now.autoincrement && old.sequence &&
      now.sequence.value_or(0) < *old.sequence) {
    find(Rule::autoincrement_lost, by_rows(Rule::autoincrement_lost), gone.place,
         invents_
             ? "the highest number of " + now.name +
                   " is not kept: those of rows deleted last are given again"
             : "the next number of " + now.name + " was " + std::to_string(*old.sequence + 1) +
                   " and is " + std::to_string(now.sequence.value_or(0) + 1) + " from then on");
  }
  if (old.rows == 0) return;
  if (now.rows == 0 && !made.copied) {
    find(Rule::drop_table, gone.place, "the rows of " + now.name + " are gone");
    return;
  }
  if (now.rows < old.rows) {
    if (made.rows_deleted) return;
    find(Rule::values_lost, by_rows(Rule::values_lost), copied,
         (invents_ ? "rows of " + now.name + " may not be copied"
                   : std::to_string(old.rows - now.rows) + " of " + std::to_string(old.rows) +
                         " rows of " + now.name + " are not copied"));
    return;
  }
  compare_values(gone, made, now);
  const bool numbered = old.rowid_key || now.rowid_key || old.without_rowid || now.without_rowid;
  if (numbered || !gone.complete || now.rows != old.rows || old.rowids == now.rowids) return;
  find(Rule::rowids_moved, invents_ ? LintSeverity::note : LintSeverity::warning, copied,
       "the rows of " + now.name + " get other rowids");
}

void LintReader::compare_values(const Gone& gone, const Made& made, const TableImage& now) {
  const TableImage& old = gone.image;
  const LintPlace& copied = made.copied ? *made.copied : gone.place;
  const auto say = [&](Rule rule, std::string message) {
    find(rule, by_rows(rule), copied, std::move(message));
  };
  for (const ColumnImage& column : old.columns) {
    const ColumnImage* same = now.column(column.name);
    const bool skipped = same == nullptr || column.computed || same->computed ||
                         made.updated.contains(folded(column.name)) ||
                         same->values == column.values;
    if (skipped) continue;
    const std::string name = now.name + "." + column.name;
    if (count_nulls(*same) > count_nulls(column) + static_cast<std::size_t>(now.rows - old.rows)) {
      say(Rule::values_lost, "values of " + name + " are not copied: they are NULL from then on");
      continue;
    }
    if (now.rows != old.rows) continue;
    const std::vector<std::string> values = bare_values(*same);
    const auto other = std::ranges::find_if(old.columns, [&](const ColumnImage& one) {
      return folded(one.name) != folded(column.name) && bare_values(one) == values;
    });
    if (other != old.columns.end()) {
      say(Rule::values_lost, name + " gets the values of " + other->name);
      continue;
    }
    if (all_same(*same) && !all_same(column)) {
      say(Rule::values_lost, "all values of " + name + " become one");
      continue;
    }
    const std::vector<std::string> before = bare_values(column);
    const std::size_t texts = count_texts(column);
    if (count_texts(*same) < texts && values != before) {
      say(Rule::values_converted, "texts in " + name + " become numbers that read otherwise");
    } else if (count_numbers(*same) < count_numbers(column) && values == before) {
      find(Rule::values_converted, LintSeverity::warning, copied,
           "numbers in " + name + " become texts, which compare and sort otherwise");
    }
  }
}

// --- what else was there

void LintReader::settle_triggers() {
  for (const DroppedTrigger& one : state_.triggers) {
    if (exists("trigger", one.name) || !exists("table", one.table)) continue;
    find(Rule::drop_trigger, one.place,
         "the trigger " + one.name + " of " + one.table + " is gone and not made again");
  }
}

void LintReader::settle_renamed() {
  for (const auto& [original, renamed] : state_.renamed) {
    if (state_.gone.contains(original) || present_name(original) == original) continue;
    if (!exists("table", renamed.from) && !exists("view", renamed.from)) {
      find(Rule::rename_table, renamed.place,
           renamed.from + " is called " + renamed.to + " from then on");
      continue;
    }
    const auto children = children_.find(original);
    if (children == children_.end() || !made_.contains(original)) continue;
    find(Rule::references_lost, renamed.place,
         "the foreign keys that name " + renamed.from + " follow it to " + renamed.to);
  }
}

// Keys of tables in use whose parent was there and is not there any more.
void LintReader::settle_references() {
  std::set<std::string> parents;
  for (const auto& [original, gone] : state_.gone) parents.insert(original);
  for (const auto& [original, renamed] : state_.renamed) parents.insert(original);
  for (const std::string& parent : parents) {
    const auto children = children_.find(parent);
    if (children == children_.end()) continue;
    for (const std::string& child : children->second) {
      const std::string name = present_name(child);
      if (name.empty()) continue;
      for (const std::string& named : scratch_->texts(
               "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(" + literal(name) + ")")) {
        const auto vanished = state_.vanished.find(folded(named));
        if (vanished == state_.vanished.end() || exists("table", named)) continue;
        if (state_.known.contains(vanished->first)) continue;
        find(Rule::references_lost, vanished->second,
             "a foreign key of " + name + " names " + named + ", which is not there any more");
      }
    }
  }
}

void LintReader::settle_views() {
  if (state_.vanished.empty() && state_.new_views.empty()) return;
  scratch_->visit(
      "SELECT name, sql FROM main.sqlite_master WHERE type = 'view'", [&](sqlite3_stmt* row) {
        const std::string name = reinterpret_cast<const char*>(sqlite3_column_text(row, 0));
        const std::string sql = reinterpret_cast<const char*>(sqlite3_column_text(row, 1));
        const std::string query = "SELECT * FROM main." + dialect().quote(name) + " LIMIT 0";
        const std::optional<Refusal> why = scratch_->check(query);
        if (!why || told_.contains("view " + folded(name))) return;
        LintPlace at;
        const auto made = state_.new_views.find(folded(name));
        if (made != state_.new_views.end()) {
          at = made->second;
        } else {
          const auto cause = std::ranges::find_if(state_.vanished, [&](const auto& one) {
            return folded(why->message).ends_with(one.first) ||
                   folded(sql).find(one.first) != std::string::npos;
          });
          if (cause == state_.vanished.end() || before_->check(query)) return;
          at = cause->second;
        }
        told_.insert("view " + folded(name));
        find(Rule::view_broken, at,
             "the view " + name + " does not work any more: " + why->message);
      });
}

std::string LintReader::write_error(LintScratch& scratch, const std::string& table) {
  const std::vector<std::string> columns =
      scratch.texts("SELECT name FROM pragma_table_xinfo(" + literal(table) + ") WHERE hidden = 0");
  if (columns.empty()) return {};
  const std::string name = "main." + dialect().quote(table);
  std::string changes;
  for (const std::string& column : columns) {
    const std::string one = dialect().quote(column);
    changes += (changes.empty() ? "" : ", ") + one + " = " + one;
  }
  for (const std::string& sql : {"INSERT INTO " + name + " DEFAULT VALUES", "DELETE FROM " + name,
                                 "UPDATE " + name + " SET " + changes}) {
    if (const std::optional<Refusal> why = scratch.check("EXPLAIN " + sql)) return why->message;
  }
  return {};
}

// Triggers are looked into when their table is written, not when they are made.
void LintReader::settle_writing() {
  std::map<std::string, LintPlace> tables;
  for (const auto& [trigger, place] : state_.new_triggers) {
    for (const std::string& table : scratch_->texts(
             "SELECT lower(tbl_name) FROM main.sqlite_master WHERE type = 'trigger' AND "
             "lower(name) = " +
             literal(trigger))) {
      tables.insert_or_assign(table, place);
    }
  }
  if (!state_.vanished.empty()) {
    scratch_->visit(
        "SELECT lower(tbl_name), lower(sql) FROM main.sqlite_master WHERE type = 'trigger'",
        [&](sqlite3_stmt* row) {
          const std::string sql = reinterpret_cast<const char*>(sqlite3_column_text(row, 1));
          for (const auto& [name, place] : state_.vanished) {
            if (sql.find(name) == std::string::npos) continue;
            tables.try_emplace(reinterpret_cast<const char*>(sqlite3_column_text(row, 0)), place);
          }
        });
  }
  for (const auto& [table, at] : tables) {
    if (!in_use(table) && !made_.contains(table)) continue;
    const std::string why = write_error(*scratch_, table);
    if (why.empty() || told_.contains("table " + table)) continue;
    if (!write_error(*before_, table).empty()) continue;
    told_.insert("table " + table);
    find(Rule::unwritable, at, table + " cannot be written from then on: " + why);
  }
}

void LintReader::settle_settings() {
  if (state_.keys_off) {
    find(Rule::keys_left_off, *state_.keys_off,
         "foreign keys stay unenforced on this connection behind the file");
  }
  for (const auto& [sql, at] : state_.settings) {
    const std::optional<PragmaText> pragma = pragma_of(sql);
    if (request_.connection != nullptr && pragma) {
      const Rows rows = request_.connection->query("PRAGMA " + pragma->name);
      std::string found;
      if (!rows.rows.empty()) {
        const Value& value = rows.rows[0][0];
        if (const auto* number = std::get_if<std::int64_t>(&value)) found = std::to_string(*number);
        if (const auto* text = std::get_if<std::string>(&value)) found = *text;
      }
      if (is_in_force(pragma->name, pragma->value, found)) continue;
    }
    find(Rule::setting_needs_vacuum, at,
         pragma && pragma->name == "encoding"
             ? sql + " does nothing: a database that has a table keeps its encoding"
             : sql + " does nothing before a VACUUM, and the file has none behind it");
  }
}

}  // namespace gander::driver::sqlite
