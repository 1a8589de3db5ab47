// SPDX-License-Identifier: MIT
// Linter: an engine's rules about what hurts, held against the statements of files.
//
// An engine has the table of its rules and a function that makes a Linter (Engine::lint_rules,
// Engine::linter). What holds for any engine, comments that allow a finding, and the order of the
// report are the business of src/lint.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gander/lint.h"
#include "src/base/table_name.h"
#include "src/sql/statement.h"

namespace gander::driver {

class Connection;
class Driver;

// LintRule as data of the program.
struct LintRuleText {
  std::string_view id;
  LintSeverity severity;
  std::string_view title;
  std::string_view why;
  std::string_view safe;
};

struct LintPlace {
  std::int64_t line = 0;
  std::int64_t column = 0;
  std::string source_line;
  // Of the SQL statement that it is in, for comments that allow it.
  std::int64_t first_line = 0;
  std::int64_t last_line = 0;
};

// Bytes [begin, end) of the unit are one statement, and `at` is a place in it.
LintPlace lint_place(const sql::Statement& unit, std::size_t begin, std::size_t end,
                     std::size_t at);

struct LintFound {
  const LintRuleText* rule = nullptr;
  LintSeverity severity = LintSeverity::warning;
  LintPlace place;
  std::string message;
  std::string hint;  // empty: the rule's
  std::vector<LintLock> locks = {};
};

// One file while it is looked at.
struct LintFile {
  std::string place;
  bool transactional = true;  // a run puts a transaction around it
  std::vector<LintFound> found;
  std::vector<std::int64_t> starts;  // the lines on which statements begin, those in a block too
};

struct LintRequest {
  // The session of a database in whose present schema the files would run; nullptr: there is none.
  Connection* connection = nullptr;
  Driver* driver = nullptr;                   // of the same
  std::chrono::milliseconds lock_timeout{0};  // of the run
  // The files run one behind the other, as in `up`: what one of them makes is nobody's yet when
  // the next one runs.
  bool together = false;
  // A run asks, and looks at errors alone.
  bool brief = false;
  std::vector<TableName> own_tables = {};  // Gander's
};

// Used by one thread. Never throws for what a file holds.
class Linter {
 public:
  Linter() = default;
  virtual ~Linter() = default;
  Linter(const Linter&) = delete;
  Linter& operator=(const Linter&) = delete;

  // The file is borrowed until finish().
  virtual void begin(LintFile& file) = 0;
  // The next unit of its Up section.
  virtual void add(const sql::Statement& unit) = 0;
  virtual void end() = 0;
  // True: there is nothing that a run could hurt, and no file need be added.
  virtual bool idle() { return false; }
  // Between two files: a migration that is no SQL, of which nobody knows what it does.
  virtual void pass_unknown() {}
  // After the last file: what is found out for all of them at once.
  virtual void finish() {}
  // Which server was asked, "PostgreSQL 15.20"; empty: none.
  virtual std::string server() const { return {}; }
};

}  // namespace gander::driver
