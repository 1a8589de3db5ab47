// SPDX-License-Identifier: MIT
// QueryNames: the relations that a query or a statement on rows reads and writes, and what it might
// call, as far as its text tells.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gander::driver::postgres {

struct QueryNames {
  struct Written {
    enum class How { inserted, updated, deleted, merged };
    std::string name;  // as written
    How how = How::inserted;
    std::string columns;  // of UPDATE, separated by commas
  };
  std::vector<Written> written;
  std::set<std::string> read;
  std::set<std::string> calls;  // names before a parenthesis
  bool locks_rows = false;      // SELECT ... FOR UPDATE and its kin
};

// Names of common table expressions are left out.
QueryNames query_names(std::string_view sql);

}  // namespace gander::driver::postgres
