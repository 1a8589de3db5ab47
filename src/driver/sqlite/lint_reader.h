// SPDX-License-Identifier: MIT
// LintReader: files held against the rules, statement by statement, by what the statements do in a
// scratch database; and at the end of each file by what has become of the tables that were there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/linter.h"
#include "src/driver/sqlite/lint_image.h"
#include "src/driver/sqlite/lint_rules.h"
#include "src/driver/sqlite/lint_scratch.h"
#include "src/driver/sqlite/statement_text.h"
#include "src/sql/outline.h"

namespace gander::driver::sqlite {

class LintReader {
 public:
  explicit LintReader(const LintRequest& request);

  void begin(LintFile& file);
  void read(const sql::Statement& unit);
  void end();
  // A run asks, and the database is empty.
  bool idle();
  // From here on a name that is not there may be that of something.
  void pass_unknown() { unknown_passed_ = true; }

 private:
  // A table that was there before, by its present name.
  struct InUse {
    std::string original;  // as it was called
    bool loaded = false;
    bool complete = true;  // all its rows are in the scratch database
  };
  // A table that a file has made.
  struct Made {
    LintPlace created;
    std::optional<LintPlace> copied;  // INSERT that reads a table in use
    std::set<std::string> updated;    // columns
    bool rows_deleted = false;
  };
  struct Gone {
    TableImage image;
    std::string name;  // the original one
    LintPlace place;
    bool complete = true;
  };
  struct Renamed {
    LintPlace place;
    std::string from;
    std::string to;
  };
  struct DroppedTrigger {
    std::string name;
    std::string table;
    LintPlace place;
  };
  // What one file does.
  struct State {
    bool writes_schema = false;  // by hand
    bool keys_on = true;         // on a connection that began with them on
    bool failed = false;  // a statement did, or could not be tried: what rows there are is unknown
    bool stops = false;   // the run: what follows may fail because of it
    std::optional<LintPlace> keys_off;
    std::map<std::string, Gone> gone;           // by the original name, folded
    std::map<std::string, Renamed> renamed;     // by the original name, folded
    std::map<std::string, LintPlace> vanished;  // names of tables, folded
    std::set<std::string> known;  // of them, those whose children the author has thought of
    std::vector<DroppedTrigger> triggers;
    std::map<std::string, LintPlace> new_triggers;  // by name
    std::map<std::string, LintPlace> new_views;
    std::map<std::string, LintPlace> settings;      // that only a VACUUM makes true, by sentence
    std::set<std::string> untold;                   // names that were told to be unknown
    std::set<std::string> unmade;                   // what a statement that is untold would make
    std::map<std::string, LintPlace> unknown_gone;  // tables that nobody has made, dropped
    std::map<std::string, int> tries;               // of what is tried twice, by table
    int inserts = 0;
    bool ran = false;  // anything
  };
  // Objects of the schema that are not made yet.
  struct Linked {
    std::vector<std::size_t> rows;  // of schema_
    std::set<std::string> linked;   // objects that it names or that name it
  };
  // The statement that is looked at.
  struct Now {
    const sql::Statement* unit = nullptr;
    std::size_t begin = 0;
    std::string text;
    std::set<std::string> mentioned;  // tables in use
    std::optional<LintPlace> place;   // of a unit that was put off
  };
  // A unit that names nothing in use, and is not run before one that does.
  struct PutOff {
    const LintFile* file;
    std::string text;
    LintPlace place;
  };
  struct Name {
    std::string schema;
    std::string table;
  };

  // --- lint_reader.cc: files, units, statements
  void read_schema();
  void prepare_scratch();
  void start();
  void use_all_tables();
  void note_parents(const std::string& table);
  void link_schema();
  void make_related(const std::string& name);
  bool put_off(const sql::Statement& unit);
  void run_put_off();
  void read_text(const char* text);
  void load_mentioned();
  void load(const std::string& table);
  bool copies() const;
  void execute(const sql::Outline& outline);
  LintPlace place(std::size_t at = 0) const;
  void find(Rule rule, LintSeverity severity, LintPlace place, std::string message);
  void find(Rule rule, LintPlace place, std::string message) {
    find(rule, text_of(rule).severity, std::move(place), std::move(message));
  }
  // A finding that rests on rows, which may be invented.
  LintSeverity by_rows(Rule rule) const {
    return invents_ ? LintSeverity::warning : text_of(rule).severity;
  }
  // One that needs enforced keys: a run may leave them off.
  LintSeverity by_keys() const {
    return scratch_->enforces_keys() ? LintSeverity::error : LintSeverity::warning;
  }
  static Name split(const std::string& written);
  // The name, folded, if it is that of a table of the database; empty: temporary or attached.
  std::string resolve(const std::string& written);
  bool in_use(const std::string& table) const { return in_use_.contains(table); }
  bool exists(const std::string& type, const std::string& name);

  // --- lint_statement.cc: what is seen of one statement
  bool look_at_pragma(const PragmaText& pragma);
  bool look_at_setting(const PragmaText& pragma, bool within);
  bool look_at_session();
  bool look_at_vacuum();
  void look_before(const sql::Outline& outline);
  void look_after(const sql::Outline& outline);
  void look_at_existing(const sql::Outline& outline);
  void look_at_rows();
  void after_create(const sql::Outline& outline);
  void before_drop(const sql::Outline& outline);
  void after_drop(const sql::Outline& outline);
  void before_alter(const sql::Outline& outline);
  void after_alter(const sql::Outline& outline);
  void after_rows();
  void bring_back();
  void vanish(const std::string& table);
  // The author knows what becomes of the rows and keys that refer to the table.
  bool knows_children() const;
  void rename_table(const std::string& table, const std::string& to);
  void refused(const sql::Outline& outline, const Refusal& why);
  // Which of the things that no column can be added with SQLite speaks of.
  static std::optional<Rule> rule_of_added(const std::string& message);
  bool refused_alter(const sql::Outline& outline, const Refusal& why);
  bool refused_rows(const sql::Outline& outline, const Refusal& why);
  bool refused_unknown(const sql::Outline& outline, const Refusal& why);
  bool look_at_text(const sql::Outline& outline, const std::string& table);

  // --- lint_keys.cc: what enforced keys would do
  std::set<std::string> descendants(const std::string& table) const;
  std::string present_name(const std::string& original) const;
  void try_with_keys(const std::string& table, Rule rule);
  void try_add_with_row(const std::string& table);
  void try_replace(const std::string& table);
  std::optional<Refusal> try_add_to_unknown(const std::string& table);

  // --- lint_settle.cc: the end of a file
  void settle();
  void settle_gone(const std::string& original, const Gone& gone);
  void compare_definition(const Gone& gone, const Made& made, const TableImage& now);
  void compare_objects(const Gone& gone, const TableImage& now);
  void compare_rows(const Gone& gone, const Made& made, const TableImage& now);
  void compare_values(const Gone& gone, const Made& made, const TableImage& now);
  void settle_triggers();
  void settle_renamed();
  void settle_references();
  void settle_views();
  void settle_writing();
  void settle_settings();
  std::string write_error(LintScratch& scratch, const std::string& table);

  const LintRequest request_;
  const bool invents_;          // rows: no database is at hand
  bool keys_enforced_ = false;  // by the run
  bool schema_read_ = false;
  bool unknown_passed_ = false;
  std::vector<SchemaRow> schema_;  // of the database
  // The names of what is in it, folded.
  std::set<std::string> names_;
  std::map<std::string, Linked> objects_;  // by name, folded; where not all are made at once
  std::unique_ptr<LintScratch> before_;    // without rows: before the file, or before all of them
  std::unique_ptr<LintScratch> scratch_;
  std::map<std::string, InUse> in_use_;                    // by the present name, folded
  std::map<std::string, std::set<std::string>> children_;  // by original names, folded
  std::map<std::string, std::set<std::string>> added_;     // columns, by original name
  std::map<std::string, Made> made_;                       // by the present name, folded
  std::vector<PutOff> backlog_;
  std::size_t backlog_bytes_ = 0;
  std::set<std::string> told_;  // views and tables that are broken, once for all files

  LintFile* file_ = nullptr;
  State state_;
  Now now_;
};

}  // namespace gander::driver::sqlite
