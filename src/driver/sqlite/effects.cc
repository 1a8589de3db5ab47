// SPDX-License-Identifier: MIT
// Settings that SQLite accepts and does not make: a PRAGMA within a transaction or too late, and
// the deferral of foreign keys that Gander's own commits would end.
#include <sqlite3.h>

#include <utility>

#include "src/driver/sqlite/connection.h"
#include "src/driver/sqlite/dialect.h"
#include "src/driver/sqlite/place.h"
#include "src/driver/sqlite/pragma_effect.h"

namespace gander::driver::sqlite {
namespace {

std::string sql_of(const PragmaText& pragma) {
  return "PRAGMA " + pragma.name + " = " + pragma.value;
}

constexpr const char* kOutside =
    "put `-- +goose NO TRANSACTION` at the top of the file and the PRAGMA outside of its BEGIN and "
    "COMMIT";

}  // namespace

std::string Connection::ask(const std::string& pragma) {
  const Rows rows = query("PRAGMA " + pragma);
  if (rows.rows.empty() || rows.rows[0].empty()) return {};
  const Value& value = rows.rows[0][0];
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}

void Connection::note_journal_mode(const std::string& asked) {
  const std::string mode = ask("journal_mode");
  const std::string network = network_file_system(path_);
  if (!is_in_force("journal_mode", asked, mode)) {
    warnings_.push_back({0, "journal_mode=" + asked +
                                " of the database URL was not taken: the mode is " + mode +
                                (path_.empty()     ? ", as in every database in memory"
                                 : network.empty() ? ""
                                                   : ", on " + network)});
  } else if (mode == "wal" && !network.empty()) {
    warnings_.push_back({0, "WAL mode does not work on " + network +
                                ": put the database on a local disk, or use journal_mode=delete"});
  }
}

void Connection::note_effect(const PragmaText& pragma, bool within, std::int64_t line) {
  if (pragma.name == "defer_foreign_keys" && !within) {
    defer_wanted_ = this->pragma("defer_foreign_keys") != 0;
  }
  const PragmaScope scope = scope_of(pragma.name);
  if (scope == PragmaScope::other) return;
  if (scope == PragmaScope::file) return asked_of_file_.push_back({pragma, line});
  const std::string name =
      (pragma.schema.empty() ? "" : dialect().quote(pragma.schema) + ".") + pragma.name;
  const std::string found = ask(name);
  if (is_in_force(pragma.name, pragma.value, found)) return;
  if (scope == PragmaScope::journal && within) {
    throw Error(
        ErrorCode::sql,
        sql_of(pragma) + " has no effect within a transaction: the mode is still " + found,
        std::string(kOutside) + ", or say journal_mode=" + pragma.value + " in the database URL");
  }
  warnings_.push_back(
      {line, scope == PragmaScope::journal
                 ? sql_of(pragma) + " was not taken: the mode is " + found
                 : sql_of(pragma) + " has no effect within a transaction: " + kOutside});
}

// page_size and auto_vacuum become true with the next VACUUM of this connection; the encoding of a
// database that has a table never changes.
void Connection::note_settings_of_file() {
  for (const Asked& asked : std::exchange(asked_of_file_, {})) {
    const PragmaText& pragma = asked.pragma;
    const std::string found =
        ask((pragma.schema.empty() ? "" : dialect().quote(pragma.schema) + ".") + pragma.name);
    if (is_in_force(pragma.name, pragma.value, found)) continue;
    warnings_.push_back(
        {asked.line, sql_of(pragma) + " had no effect, the value is still " + found +
                         (pragma.name == "encoding"
                              ? ": a database that has a table keeps its encoding"
                              : ": in a database that has a table it takes a VACUUM behind it in "
                                "the same file, outside of transactions and of WAL mode")});
  }
}

std::vector<Warning> Connection::take_warnings() {
  note_settings_of_file();
  if (options_.hidden != nullptr) {
    for (Warning& warning : warnings_) warning.text = options_.hidden->hide(warning.text);
  }
  return std::exchange(warnings_, {});
}

}  // namespace gander::driver::sqlite
