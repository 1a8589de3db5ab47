// SPDX-License-Identifier: MIT
// LintSchema: what rules ask a database about its objects, as they are before the files run. Reads
// only, each thing once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/driver/postgres/table_action.h"

namespace gander::driver::postgres {

class Connection;

class LintSchema {
 public:
  explicit LintSchema(Connection& connection);

  struct Column {
    TypeName type;          // of a domain: the domain
    std::string base;       // of a domain: what lies beneath, else empty
    std::string collation;  // its name; empty: the type has none
    bool not_null = false;
    bool indexed = false;        // plainly, by a column of an index
    bool in_expression = false;  // of an index, or in the condition of a partial one
    bool checked = false;        // a CHECK of the table names it
    bool key = false;            // of a foreign key, at either end
  };
  struct Table {
    bool exists = false;
    bool partitioned = false;
    bool partition = false;
    bool has_default_partition = false;
    std::map<std::string, Column> columns;
    std::map<std::string, std::string> checks;  // valid ones: name, definition
    std::set<std::string> foreign_keys;
    std::set<std::string> indexes;  // valid ones, by method and columns
    bool has_unique_index = false;  // of plain columns, for all rows
  };

  bool is_absent(const std::string& written) { return !table(written).exists; }
  const Table& table(const std::string& written);
  // nullptr: there is none, or the table is not there.
  const Column* column(const std::string& table, const std::string& column);

  // Is a valid CHECK there that cannot hold for a NULL in the column? `without`: constraints that
  // are gone by then.
  bool proves_not_null(const std::string& table, const std::string& column,
                       const std::set<std::string>& without);

  struct Domain {
    bool constrained = false;
    std::string base;  // the type beneath, as format_type() writes it
  };
  // nullopt: no domain of that name.
  std::optional<Domain> domain(const std::string& written);

  enum class Volatility : std::uint8_t { unknown, immutable, stable, volatile_, inlined };
  // The worst of all functions of that name. `inlined`: volatile, but in SQL, whose body the
  // planner may put in the place of the call.
  Volatility volatility(const std::string& function);

  const std::string& usual_schema() const { return usual_; }
  bool utc() const { return utc_; }
  int version() const { return version_; }  // as PQserverVersion()
  const std::string& server() const { return server_; }
  Connection& connection() { return connection_; }

 private:
  void read_columns(std::int64_t oid, Table* table);
  void read_checks(std::int64_t oid, Table* table);
  void read_indexes(std::int64_t oid, Table* table);

  Connection& connection_;
  std::string usual_;
  std::string server_;
  int version_ = 0;
  bool utc_ = false;
  std::map<std::string, Table> tables_;
  std::map<std::string, std::optional<Domain>> domains_;
  std::map<std::string, Volatility> functions_;
};

// The columns that cannot be NULL where the condition holds: `a` and `b` of
// `(a IS NOT NULL AND b IS NOT NULL)`, none of one with OR.
std::vector<std::string> columns_not_null(std::string_view condition);

// Is it a name of the time zone in which a timestamp with and one without a zone are alike?
bool is_utc(std::string_view zone);

// A type as format_type() writes it.
TypeName type_of_catalogue(const std::string& text);

}  // namespace gander::driver::postgres
