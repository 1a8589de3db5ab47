// SPDX-License-Identifier: MIT
// ObjectClaims: which objects of the schema pending statements make although they are there, or
// change although they are not, each considered behind those before it.
//
// For `gander doctor`: what cannot be told is passed over, so that nothing is said without need.
// After a statement that runs code (DO, a function) everything may have changed, and no more is
// told.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gander/finding.h"
#include "src/sql/grammar.h"
#include "src/sql/statement.h"
#include "src/sql/words.h"

namespace gander::driver {

// A part is an index or a sequence, which come and go with tables too.
enum class ObjectKind { relation, part, schema, type, column };

// Does the database have it now? nullopt: cannot be told. Names are folded and without quotes; an
// empty schema is the usual one. `table` is that of a column or of
// an index.
struct ObjectName {
  ObjectKind kind = ObjectKind::relation;
  std::string schema;
  std::string name;
  std::string table;
  bool creating = false;  // asked for where it would be made, not where it would be found
};
using ObjectLookup = std::function<std::optional<bool>(const ObjectName&)>;

class ObjectClaims {
 public:
  struct Conflict {
    std::string place;
    std::string message;  // "00002_b.sql:3: the table birds exists already"
    bool exists = true;   // false: it is missing
  };

  // `usual_schema`: that of unqualified names. `folds_quoted`: letter case never counts.
  ObjectClaims(const sql::Grammar& grammar, ObjectLookup lookup, std::string usual_schema,
               bool folds_quoted)
      : grammar_(grammar),
        lookup_(std::move(lookup)),
        usual_(std::move(usual_schema)),
        folds_quoted_(folds_quoted) {}

  // The next unit of a migration, see DoctorRequest::each_pending.
  void add(const std::string& file, const sql::Statement& unit);

  const std::vector<Conflict>& conflicts() const { return conflicts_; }

 private:
  using Words = sql::Words;
  void add_statement(std::string_view sql);
  void create(Words& words);
  void create_table(Words& words, bool temporary);
  void create_named(Words& words, ObjectKind kind, const char* noun, bool replaces);
  void create_index(Words& words);
  std::string fold(const sql::Token& token) const;
  void alter(Words& words);
  void alter_table(Words& words, const char* noun);
  bool column_action(const ObjectName& table, bool known, Words& words);
  void drop(Words& words);
  void alter_type(Words& words);
  void drop_list(Words& words, ObjectKind kind, const char* noun);
  std::optional<ObjectName> name(Words& words, ObjectKind kind) const;
  std::optional<bool> exists(ObjectName object, bool creating) const;
  void claim_absent(const ObjectName& object, const char* noun, bool guarded);
  void claim_present(const ObjectName& object, const char* noun, bool guarded);
  void set(const ObjectName& object, bool there);
  void tell(const ObjectName& object, const char* noun, bool exists);
  static std::string key(const ObjectName& object);

  const sql::Grammar& grammar_;
  ObjectLookup lookup_;
  std::string usual_;
  std::string place_;
  std::vector<Conflict> conflicts_;
  std::map<std::string, bool> changed_;  // by pending statements
  std::set<std::string> last_names_;     // of all that they made
  std::set<std::string> opaque_;         // tables whose columns are not known any more
  bool blind_ = false;                   // code has run
  bool may_be_gone_ = false;             // CASCADE may have taken others along
  bool may_have_come_ = false;           // an extension may have made others
  bool parts_gone_ = false;              // of dropped tables and columns
  bool parts_come_ = false;              // of tables that were made
  bool folds_quoted_ = false;
};

// As findings `objects`.
void add_conflicts(const std::vector<ObjectClaims::Conflict>& conflicts, DoctorReport* report);

}  // namespace gander::driver
