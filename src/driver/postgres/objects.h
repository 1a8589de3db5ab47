// SPDX-License-Identifier: MIT
// Objects: which objects a database has, for ObjectClaims.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/driver/object_claims.h"

namespace gander::driver::postgres {

class Connection;

class Objects {
 public:
  explicit Objects(Connection& connection);
  std::optional<bool> has(const ObjectName& object);

 private:
  using Qualified = std::pair<std::string, std::string>;  // schema and name
  enum class Kind { whole, partition };

  std::optional<bool> has_relation(const ObjectName& object) const;
  std::optional<bool> has_column(const ObjectName& object);
  // Where the search path finds the relation; nullopt: nowhere.
  std::optional<std::string> schema_of(const std::string& name) const;

  Connection& connection_;
  std::string usual_;
  std::vector<std::string> path_;
  std::map<Qualified, Kind> relations_;
  std::set<Qualified> types_;
  std::set<std::string> schemas_;
  std::map<Qualified, std::set<std::string>> columns_;  // of tables that were asked for
};

}  // namespace gander::driver::postgres
