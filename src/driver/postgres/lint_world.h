// SPDX-License-Identifier: MIT
// LintWorld: what the statements of a file have made, set and locked so far, and with a database
// what was there before them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/postgres/table_action.h"

namespace gander::driver::postgres {

class LintSchema;

// A name of a relation or a type, taken apart and folded. The usual schema is empty.
struct LintName {
  std::string schema;
  std::string name;

  auto operator<=>(const LintName&) const = default;
};

// A value of a setting that rules depend on.
enum class LintSetting : std::uint8_t { unset, off, on };

class LintWorld {
 public:
  // `schema`: nullptr, or the database that the files would run in.
  explicit LintWorld(LintSchema* schema) : schema_(schema) {}

  // With `keep` what the file before has made is nobody's yet.
  void begin_file(bool keep);
  void begin_transaction();

  LintName name(const std::string& written) const;

  // --- relations and types -------------------------------------------------------------------
  // `guarded`: IF NOT EXISTS; `sure`: it is made on every way through the code around it.
  void make(const std::string& written, bool guarded, bool sure);
  void make_index(const std::string& index, const std::string& table);
  void make_type(const std::string& written);
  void make_domain(const std::string& written, bool constrained);
  void drop(const std::string& written);
  void rename(const std::string& written, const std::string& new_name);
  void move(const std::string& written, const std::string& schema);

  // Made by the files, so that nobody uses it: what is done to it hurts nobody.
  bool is_new(const std::string& written) const;
  bool is_new_index(const std::string& written) const;
  bool is_new_type(const std::string& written) const { return types_.contains(name(written)); }
  // Nothing of that name is there, as a database tells.
  bool is_absent(const std::string& written) const;
  // nullopt: not one that the files have made.
  std::optional<bool> domain_is_constrained(const LintName& name) const;

  // --- constraints that the files have added --------------------------------------------------
  void add_unvalidated(const std::string& table, const std::string& constraint);
  bool added_here(const std::string& table, const std::string& constraint) const;
  // `table`.`column` cannot be NULL, says the constraint, once it is valid.
  void promise_not_null(const std::string& table, const std::string& constraint,
                        const std::string& column, bool valid);
  void validate(const std::string& table, const std::string& constraint);
  void drop_constraint(const std::string& table, const std::string& constraint);
  bool not_null_is_promised(const std::string& table, const std::string& column) const;
  const std::set<std::string>& dropped_constraints() const { return dropped_; }

  // --- the session ------------------------------------------------------------------------------
  // False after an unreadable or a zero value.
  LintSetting lock_timeout = LintSetting::unset;
  bool lock_timeout_is_local = false;
  LintSetting utc = LintSetting::unset;
  bool utc_is_local = false;
  std::string usual_schema;  // that search_path begins with; empty: the server's

  // --- the transaction --------------------------------------------------------------------------
  bool in_transaction = false;
  std::string held;                   // a relation of others that is locked strongly, or empty
  std::set<std::string> enum_values;  // added in it, to types of others

 private:
  struct Promise {
    LintName table;
    std::string constraint;
    std::string column;
    bool valid = false;
  };

  LintSchema* schema_;
  std::map<LintName, bool> relations_;  // true: new; false: was there, and has got this name
  std::map<LintName, LintName> indexes_;
  std::map<LintName, std::optional<bool>> types_;  // of a domain: has it constraints?
  std::set<LintName> gone_;
  std::vector<Promise> promises_;
  std::set<std::pair<LintName, std::string>> unvalidated_;  // in this transaction
  std::set<std::string> dropped_;
};

}  // namespace gander::driver::postgres
