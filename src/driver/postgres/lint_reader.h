// SPDX-License-Identifier: MIT
// LintReader: one statement at a time held against the rules, with what those before it have left
// in LintWorld. lint.cc feeds it, and looks into blocks; lint_statement.cc has the statements,
// lint_alter.cc ALTER TABLE and what CREATE TABLE shares with it, lint_rows.cc what changes rows.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/linter.h"
#include "src/driver/postgres/lint_rules.h"
#include "src/driver/postgres/lint_schema.h"
#include "src/driver/postgres/lint_world.h"
#include "src/driver/postgres/lock_needs.h"
#include "src/driver/postgres/table_action.h"
#include "src/sql/outline.h"

namespace gander::driver::postgres {

// A statement in a unit, or in the body of a block of one.
struct LintStatement {
  const sql::Statement* unit = nullptr;
  std::string_view text;
  std::size_t begin = 0;  // in the unit
  bool verbatim = true;   // false: `text` is a changed copy of what stands there
  bool sure = true;       // it runs on every way through the code around it
};

class LintReader {
 public:
  // `schema` may be nullptr.
  LintReader(const LintRequest& request, LintSchema* schema)
      : request_(request), schema_(schema), world_(schema) {}

  void begin(LintFile& file);
  void read(const LintStatement& statement);
  // One that cannot be looked into.
  void read_untold(const LintStatement& statement, std::string why);
  void end();

  LintWorld& world() { return world_; }

  // What a finding's statement locks, for those who know how to ask.
  struct Claim {
    LintFile* file = nullptr;
    std::size_t found = 0;
    LockNeeds needs;
  };
  const std::vector<Claim>& claims() const { return claims_; }

 private:
  void find(Rule rule, std::size_t at, std::string message) {
    find(rule, text_of(rule).severity, at, std::move(message));
  }
  void find(Rule rule, LintSeverity severity, std::size_t at, std::string message);

  // --- lint_statement.cc -------------------------------------------------------------------------
  void create(const sql::Outline& outline);
  void create_index(const sql::Outline& outline);
  void create_table(const sql::Outline& outline);
  void create_routine(const sql::Outline& outline);
  void drop(const sql::Outline& outline);
  void drop_tables(const sql::Outline& outline);
  void drop_index(const sql::Outline& outline);
  void alter(const sql::Outline& outline);
  void alter_type(const sql::Outline& outline);
  void alter_domain(const sql::Outline& outline);
  void other(sql::Words words);
  void truncate(sql::Words words);
  void reindex(sql::Words words);
  void vacuum(sql::Words words, bool cluster);
  void refresh(sql::Words words);
  void grant(sql::Words words);
  void set(sql::Words words, bool reset);
  void set_config(sql::Words words);
  void setting(const std::string& name, const std::string& value, bool local, bool reset);
  void look_for_password(sql::Words words);
  void look_at_name(const std::string& written);
  void concurrently(bool rerunnable);
  void look_at_enum_values();
  void look_at_locks(const LockNeeds& needs);
  void look_at_calls(const LockNeeds& needs);

  // --- lint_alter.cc -----------------------------------------------------------------------------
  void alter_table(const sql::Outline& outline);
  void act(const std::string& table, const TableAction& action,
           const std::vector<TableAction>& all);
  void add_column(const std::string& table, const TableAction& action);
  void look_at_default(const TableAction& action);
  void change_type(const std::string& table, const TableAction& action);
  void set_not_null(const std::string& table, const TableAction& action,
                    const std::vector<TableAction>& all);
  void add_constraint(const std::string& table, const TableAction& action);
  void add_key(const std::string& table, const TableAction& action);
  void attach(const std::string& table, const TableAction& action);
  void detach(const std::string& table, const TableAction& action);
  void look_at_column(const ColumnText& column, std::size_t at);
  void note_new_table(const std::string& table, const TableAction& action);
  std::optional<LintSchema::Domain> domain(const TypeName& type) const;

  // --- lint_rows.cc ------------------------------------------------------------------------------
  void look_at_rows();

  bool in_use(const std::string& name) const {
    return !name.empty() && !world_.is_new(name) && !world_.is_new_index(name) &&
           !world_.is_absent(name);
  }
  // Of a relation in use, where a database is there to tell.
  const LintSchema::Table* known(const std::string& name) const;

  const LintRequest& request_;
  LintSchema* schema_;
  LintWorld world_;
  LintFile* file_ = nullptr;
  LintStatement now_;
  std::size_t first_found_ = 0;  // of the statement

  // Of the file.
  std::vector<LintPlace> concurrent_;
  bool retry_drop_ = false;  // DROP INDEX CONCURRENTLY IF EXISTS, once
  std::int64_t others_ = 0;
  bool lock_told_ = false;
  std::set<std::string> columns_added_;
  struct Setting {
    std::string name;
    LintPlace place;
  };
  std::vector<Setting> settings_;

  std::vector<Claim> claims_;
};

// Does the type change rewrite the table? Empty: no, and it reads nothing. `sure` is false where
// only a database could tell.
struct TypeChange {
  std::string why;
  bool sure = true;
};
// `column`: nullptr where no database is there. `utc`: of the session.
// `domain`: that the new type is, with no base where only the files know it.
TypeChange type_change(const TableAction& action, const LintSchema::Column* column, LintSetting utc,
                       const std::optional<LintSchema::Domain>& domain);

}  // namespace gander::driver::postgres
