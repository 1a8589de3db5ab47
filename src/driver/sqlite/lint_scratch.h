// SPDX-License-Identifier: MIT
// LintScratch: a database in memory in which the statements of files are tried. Nothing that runs
// there reaches a file, whatever the statements say.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/driver/sqlite/connection.h"
#include "src/driver/sqlite/definition.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gander::driver::sqlite {

// What a statement touches by itself and not by a trigger, as SQLite's compiler tells an
// authorizer. Names of tables and columns of the database, folded.
struct Touched {
  std::set<std::string> read;
  std::set<std::string> inserted;
  std::set<std::string> deleted;
  std::map<std::string, std::set<std::string>> updated;
};

// Why SQLite would not.
struct Refusal {
  int code = 0;  // extended
  std::string message;
  int offset = -1;  // in the statement, where it is known
};

class LintScratch {
 public:
  LintScratch();
  ~LintScratch();
  LintScratch(const LintScratch&) = delete;
  LintScratch& operator=(const LintScratch&) = delete;

  sqlite3* handle() const { return handle_; }

  // Makes what the rows say, in a transaction too, with stand-ins for functions and collations that
  // a program would register. What cannot be made is left out: its names are in missing().
  void make(const std::vector<SchemaRow>& rows);
  const std::set<std::string>& missing() const { return missing_; }
  // Becomes a copy of the other one.
  void copy(const LintScratch& other);

  // Compiles the first statement of `sql`, a statement of a file: it may not reach beyond the
  // database. Null without a refusal where there is none.
  StatementHandle prepare(const char* sql, const char** tail, Refusal* refused);
  // Of the statement that was compiled last.
  const Touched& touched() const { return touched_; }
  // To its end. Gives up after a time that no statement on few rows takes.
  std::optional<Refusal> step(sqlite3_stmt* statement);
  // Both for a statement that is to be undone; touched() stays as it is.
  std::optional<Refusal> run_watched(const std::string& sql);
  // A stand-in was called since the last call of this.
  bool called_stand_in() { return std::exchange(stand_in_called_, false); }

  // Compiles a statement of the linter itself and no more.
  std::optional<Refusal> check(const std::string& sql);
  // Statements of the linter itself, one or more.
  std::optional<Refusal> run(const std::string& sql);
  bool visit(const std::string& sql, const std::function<void(sqlite3_stmt*)>& each);
  std::vector<std::string> texts(const std::string& sql);  // the first column
  std::int64_t number(const std::string& sql);             // 0 where there is none

  // Whether keys are enforced, in a transaction too.
  void enforce_keys(bool on);
  bool enforces_keys() const;
  // A word in double quotes may be a text.
  void allow_quoted_texts(bool on);
  bool in_transaction() const;

  // Copies rows of a table from another database: some from both ends where there are many. False:
  // these are not all of them.
  bool copy_rows(sqlite3* from, const std::string& table);
  // Rows as its constraints allow them: with NULLs, and with duplicates.
  void invent_rows(const std::string& table);

 private:
  friend struct LintWatch;
  bool make_one(const SchemaRow& row);
  void add_stand_in(const std::string& function);
  Refusal refusal() const;
  std::vector<std::string> stored_columns(const std::string& table);

  sqlite3* handle_ = nullptr;
  Touched touched_;
  bool watching_ = false;  // a statement of a file is compiled or runs
  bool stand_in_called_ = false;
  std::int64_t patience_ = 0;  // spent on this statement, and on all
  std::int64_t spent_ = 0;
  std::set<std::string> missing_;
};

}  // namespace gander::driver::sqlite
