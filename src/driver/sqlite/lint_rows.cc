// SPDX-License-Identifier: MIT
// The rows of the scratch database: some of the real ones, or invented ones. Neither triggers nor
// keys of the scratch database notice them.
#include <sqlite3.h>

#include <algorithm>
#include <array>

#include "src/driver/sqlite/dialect.h"
#include "src/driver/sqlite/lint_scratch.h"
#include "src/driver/sqlite/spelling.h"

namespace gander::driver::sqlite {
namespace {

constexpr int kRowsFromEachEnd = 400;
constexpr std::int64_t kBytesFromEachEnd = 1 << 20;

// Far from what a file would insert itself.
constexpr std::int64_t kFirstKey = 700'000'001;

std::string literal(std::string_view text) { return dialect().literal(text); }
std::string quote(std::string_view name) { return dialect().quote(name); }

// No trigger and no key is looked at meanwhile, in a transaction either.
class Unwatched {
 public:
  explicit Unwatched(LintScratch& scratch) : scratch_(scratch), keys_(scratch.enforces_keys()) {
    set_triggers(0);
    scratch_.enforce_keys(false);
  }
  ~Unwatched() {
    set_triggers(1);
    scratch_.enforce_keys(keys_);
  }
  Unwatched(const Unwatched&) = delete;
  Unwatched& operator=(const Unwatched&) = delete;

 private:
  void set_triggers(int on) {
    sqlite3_db_config(scratch_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, on, nullptr);
  }
  LintScratch& scratch_;
  const bool keys_;
};

StatementHandle compiled(sqlite3* handle, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr);
  return StatementHandle(statement);
}

// The rows of one query, at most so many. Returns how many there were; -1 where it fails.
int pour(sqlite3_stmt* from, sqlite3_stmt* into) {
  const int width = sqlite3_column_count(from);
  std::int64_t bytes = 0;
  for (int rows = 0;; ++rows) {
    const int result = sqlite3_step(from);
    if (result != SQLITE_ROW) return result == SQLITE_DONE ? rows : -1;
    if (bytes > kBytesFromEachEnd) return kRowsFromEachEnd;
    for (int i = 0; i < width; ++i) {
      sqlite3_bind_value(into, i + 1, sqlite3_column_value(from, i));
      bytes += sqlite3_column_bytes(from, i);
    }
    sqlite3_step(into);
    sqlite3_reset(into);
  }
}

// A name for the rowid that no column of the table has; empty for WITHOUT ROWID.
std::string rowid_of(LintScratch& scratch, const std::string& table,
                     const std::vector<std::string>& columns) {
  for (const char* name : {"rowid", "_rowid_", "oid"}) {
    const bool taken = std::ranges::any_of(
        columns, [&](const std::string& column) { return folded(column) == name; });
    if (taken) continue;
    const bool has = compiled(scratch.handle(), "SELECT " + std::string(name) + " FROM main." +
                                                    quote(table)) != nullptr;
    return has ? name : std::string();
  }
  return {};
}

// What an invented row is made of.
struct Invention {
  std::string column;
  std::string type;
  bool not_null = false;
  bool unique = false;      // alone or with others
  bool row_number = false;  // INTEGER PRIMARY KEY
  std::string parent;
  std::string parent_column;
};

std::string text_at(sqlite3_stmt* row, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  return text == nullptr ? std::string() : std::string(text);
}

std::vector<Invention> inventions(LintScratch& scratch, const std::string& table) {
  std::vector<Invention> found;
  const std::string name = literal(table);
  scratch.visit(
      "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(" + name + ") WHERE hidden = 0",
      [&](sqlite3_stmt* row) {
        const bool key = sqlite3_column_int(row, 3) > 0;
        Invention& one = found.emplace_back();
        one.column = text_at(row, 0);
        one.type = folded(text_at(row, 1));
        one.not_null = sqlite3_column_int(row, 2) != 0 || key;
        one.unique = key;
        one.row_number = key && one.type == "integer";
      });
  const auto named = [&](const std::string& column) {
    return std::ranges::find_if(
        found, [&](const Invention& one) { return folded(one.column) == folded(column); });
  };
  scratch.visit("SELECT c.name FROM pragma_index_list(" + name +
                    ") AS i, pragma_index_info(i.name) AS c WHERE i.\"unique\" AND c.name NOT NULL",
                [&](sqlite3_stmt* row) {
                  const auto column = named(text_at(row, 0));
                  if (column != found.end()) column->unique = true;
                });
  scratch.visit("SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list(" + name + ")",
                [&](sqlite3_stmt* row) {
                  const auto column = named(text_at(row, 0));
                  if (column == found.end()) return;
                  column->parent = text_at(row, 1);
                  column->parent_column = text_at(row, 2);
                });
  return found;
}

// Texts that look like numbers, so that a type that makes numbers of them shows.
std::string invented(const Invention& one, int row, const std::string& word) {
  const bool is_null = row == 3 && !one.not_null;
  if (is_null) return "NULL";
  const int variant = one.unique ? row : row % 2;  // rows 0 and 2 are the same where they may be
  if (!one.parent.empty()) {
    const std::string column = one.parent_column.empty() ? "rowid" : quote(one.parent_column);
    return "(SELECT " + column + " FROM " + quote(one.parent) + " WHERE " + column +
           " NOT NULL LIMIT 1 OFFSET " + std::to_string(variant) + ")";
  }
  if (one.type.find("int") != std::string::npos) {
    return one.unique || word.empty() ? std::to_string(kFirstKey + variant)
                                      : std::to_string(variant);
  }
  if (one.type.find("date") != std::string::npos || one.type.find("time") != std::string::npos) {
    return "'2001-02-0" + std::to_string(variant + 1) + "'";
  }
  if (one.type.find("char") != std::string::npos || one.type.find("clob") != std::string::npos ||
      one.type.find("text") != std::string::npos || one.type.empty()) {
    return !word.empty() && !one.unique ? word : literal("00" + std::to_string(700 + variant));
  }
  if (one.type.find("blob") != std::string::npos) return "x'0" + std::to_string(variant) + "'";
  if (one.type.find("any") != std::string::npos) {
    return literal("00" + std::to_string(700 + variant));
  }
  return std::to_string(variant) + ".5";
}

}  // namespace

bool LintScratch::copy_rows(sqlite3* from, const std::string& table) {
  const Unwatched unwatched(*this);
  std::vector<std::string> columns;
  for (const std::string& column : stored_columns(table)) columns.push_back(quote(column));
  if (columns.empty()) return true;
  const std::string rowid = rowid_of(*this, table, stored_columns(table));
  if (!rowid.empty()) columns.insert(columns.begin(), rowid);
  std::string list;
  std::string marks;
  for (const std::string& column : columns) {
    list += (list.empty() ? "" : ", ") + column;
    marks += marks.empty() ? "?" : ", ?";
  }
  const std::string query = "SELECT " + list + " FROM main." + quote(table);
  const std::string limit = " LIMIT " + std::to_string(kRowsFromEachEnd);
  const StatementHandle head = compiled(from, query + limit);
  const StatementHandle into = compiled(handle_, "INSERT OR IGNORE INTO main." + quote(table) +
                                                     " (" + list + ") VALUES (" + marks + ")");
  if (head == nullptr || into == nullptr) return false;
  const int rows = pour(head.get(), into.get());
  const bool all = rows >= 0 && rows < kRowsFromEachEnd;
  if (!all && !rowid.empty()) {
    const StatementHandle tail = compiled(from, query + " ORDER BY " + rowid + " DESC" + limit);
    if (tail != nullptr) pour(tail.get(), into.get());
  }
  const StatementHandle mark =
      compiled(from, "SELECT seq FROM main.sqlite_sequence WHERE name = " + literal(table));
  if (mark != nullptr && sqlite3_step(mark.get()) == SQLITE_ROW) {
    const std::string seq = std::to_string(sqlite3_column_int64(mark.get(), 0));
    run("DELETE FROM sqlite_sequence WHERE name = " + literal(table) +
        "; INSERT INTO sqlite_sequence VALUES (" + literal(table) + ", " + seq + ")");
  }
  return all;
}

void LintScratch::invent_rows(const std::string& table) {
  const Unwatched unwatched(*this);
  const std::vector<Invention> columns = inventions(*this, table);
  if (columns.empty()) return;
  // What the definition itself has for texts may be all that a CHECK takes.
  std::vector<std::string> words = {""};
  for (const std::string& sql :
       texts("SELECT sql FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower(" +
             literal(table) + ")")) {
    for (const sql::Token& token : tokens_of(sql)) {
      if (token.kind == sql::Token::Kind::string && words.size() < 6)
        words.emplace_back(token.text);
    }
  }
  words.emplace_back("1");
  const bool numbered =
      std::ranges::any_of(columns, [](const Invention& one) { return one.row_number; });
  std::vector<std::string> names;
  for (const Invention& one : columns) names.push_back(one.column);
  const std::string rowid = numbered ? std::string() : rowid_of(*this, table, names);
  for (int row = 0; row < 4; ++row) {
    for (const std::string& word : words) {
      std::string list = rowid;
      std::string values = rowid.empty() ? "" : std::to_string(kFirstKey + 2 * row);
      for (const Invention& one : columns) {
        list += (list.empty() ? "" : ", ") + quote(one.column);
        values += (values.empty() ? "" : ", ") + invented(one, row, word);
      }
      if (!run("INSERT INTO main." + quote(table) + " (" + list + ") VALUES (" + values + ")"))
        break;
    }
  }
  run("UPDATE sqlite_sequence SET seq = seq + 10 WHERE name = " + literal(table));
}

}  // namespace gander::driver::sqlite
