// SPDX-License-Identifier: MIT
// rows_changed(): the tables whose rows an UPDATE or DELETE changes, those within WITH too, and
// whether it says which rows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "src/sql/lexical.h"
#include "src/sql/words.h"

namespace gander::sql {

struct RowsChanged {
  std::string table;   // as written
  std::size_t at = 0;  // where it begins
  bool deletes = false;
  bool all = false;     // no WHERE, or one that always holds
  bool by_key = false;  // column = value, or in a list of values
};

// `true`, `1`, `1 = 1` and the like, alone in the WHERE that the words stand behind.
bool always_holds(Words words);

std::vector<RowsChanged> rows_changed(const LexicalRules& rules, std::string_view sql);

}  // namespace gander::sql
