// SPDX-License-Identifier: MIT
// Needs: what statements will want of the database, as far as their leading words tell: which
// tables they alter, where they create, which extensions they install.
//
// For `gander doctor`, so what is not recognized is passed over: the database has the last word.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "src/sql/outline.h"

namespace gander::driver::postgres {

class Needs {
 public:
  // Names as written, ready for to_regclass(), each with the place that wants it first.
  using Names = std::map<std::string, std::string>;

  // One or more statements.
  void add(const std::string& place, std::string_view sql);

  const Names& altered() const { return altered_; }          // only their owner may
  const Names& schemas() const { return schemas_; }          // created in; "" is the default one
  const Names& extensions() const { return extensions_; }    // to be installed
  const Names& on_database() const { return on_database_; }  // CREATE SCHEMA and EXTENSION

 private:
  void add_statement(const std::string& place, const sql::Outline& statement);
  void add_create(const std::string& place, const sql::Outline& statement);
  void add_altered(const std::string& place, const std::string& name);
  void add_schema_of(const std::string& place, const std::string& name);

  Names altered_;
  Names schemas_;
  Names extensions_;
  Names on_database_;
};

}  // namespace gander::driver::postgres
