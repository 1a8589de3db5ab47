// SPDX-License-Identifier: MIT
// Allow: a comment that allows what a rule finds.
//
//   -- gander:allow drop-column nothing has read it since 3.2
//
// It counts for the statement that it stands in or before, and above the first annotation of the
// file for all of them. goose passes over it as over any comment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/base/input.h"
#include "src/sql/lexical.h"
#include "src/sql/statement.h"

namespace gander::linting {

struct Allow {
  std::int64_t line = 0;
  std::string rule;    // empty: none is named
  std::string reason;  // empty: none is given
  bool whole_file = false;
  bool used = false;
  std::string source_line;
};

// Every line with such a comment, or what looks like one.
std::vector<Allow> find_allows(Input& input);

// Takes out those that stand in a string or a quoted name of the unit.
void drop_quoted(const sql::LexicalRules& rules, const sql::Statement& unit,
                 std::vector<Allow>* allows);

}  // namespace gander::linting
