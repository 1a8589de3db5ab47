// SPDX-License-Identifier: MIT
// What the catalogue says of single objects.
#pragma once

#include <string>
#include <vector>

#include "src/driver/clickhouse/image.h"

namespace gander::driver::clickhouse {

class Connection;

// `database`: of objects that name none.
State state_of(Connection& connection, const Object& object, const std::string& database);

struct Mutation {
  std::string id;
  std::string command;
  bool done = false;
  std::int64_t parts = 0;  // that are left to do
  std::string trouble;     // why it fails, where the server tells
};

// Oldest first; one entry for each command.
std::vector<Mutation> mutations_of(Connection& connection, const Object& table,
                                   const std::string& database);

}  // namespace gander::driver::clickhouse
