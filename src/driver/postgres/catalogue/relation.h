// SPDX-License-Identifier: MIT
// Relation: a table, foreign table or view with its columns while it is read, and the statement
// that makes it.
#pragma once

#include <string>
#include <vector>

#include "src/driver/postgres/catalogue/draft.h"

namespace gander::driver::postgres {

struct Column {
  Draft* draft;
  int number;
  std::string name;  // quoted where it must be
  std::string type;
  ObjectId type_number;
  ObjectId collation_number;
  std::string collation;  // the clause, with a blank before it; or empty
  std::string usual;      // DEFAULT, or what it is generated from
  char generated = '\0';  // s: stored, v: virtual
  char identity = '\0';   // a: always, d: by default
  std::string identity_options = {};
  std::string foreign_options = {};
  bool local = true;       // declared with this table
  bool inherited = false;  // and, or, with a parent
  bool not_null = false;
  // Since 18, when NOT NULL became a constraint:
  std::string not_null_name = {};  // where it is not the usual one
  bool not_null_local = false;
  bool not_null_above = false;  // from a parent alone
  bool not_null_alone = false;  // NO INHERIT
};

// A check that is written into the statement unless its draft says later.
struct Check {
  Draft* draft;
  std::string clause;
};

struct Relation {
  Draft* draft = nullptr;
  char kind = 'r';   // pg_class.relkind: r, p, f, v, m
  std::string name;  // qualified and quoted
  bool unlogged = false;
  bool partition = false;
  std::string bound;     // of a partition: FOR VALUES ...
  std::string split_by;  // of a partitioned table: what stands behind PARTITION BY
  std::string of_type;   // of a typed table
  std::string method;    // access method, where it is not heap
  std::string options;   // behind WITH
  std::string space;     // tablespace
  std::string server;    // of a foreign table
  std::string query;     // of a view
  std::string server_options;
  std::vector<Column> columns;
  std::vector<Check> checks;
  std::vector<Relation*> parents;
  std::vector<Relation*> children;
  bool inherits_later = false;  // by ALTER TABLE ... INHERIT

  const char* called() const;  // "TABLE", "FOREIGN TABLE", "VIEW"
  Column* column(int number);
  // The statement that makes it.
  std::string statement() const;
  // One that makes a view with the same columns and no query.
  std::string stand_in() const;
  // The partitions below, and below them.
  void visit_partitions(const std::function<void(const Relation&)>& each) const;
};

}  // namespace gander::driver::postgres
