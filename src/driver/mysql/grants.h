// SPDX-License-Identifier: MIT
// Grants: what SHOW GRANTS says that a user may do.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gander::driver::mysql {

class Grants {
 public:
  // Adds one line of SHOW GRANTS.
  void add(std::string_view line);

  // In capitals: "CREATE VIEW". An empty table: in the whole database.
  bool allow(const std::string& privilege, const std::string& database,
             const std::string& table = {}) const;
  // On the server as a whole.
  bool allow_everywhere(const std::string& privilege) const;

 private:
  struct Grant {
    std::set<std::string> privileges;
    std::string database = {};  // a pattern of LIKE; empty: all
    std::string table = {};     // empty: all
  };
  std::vector<Grant> grants_;
};

}  // namespace gander::driver::mysql
