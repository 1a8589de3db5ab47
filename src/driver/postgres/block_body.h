// SPDX-License-Identifier: MIT
// block_statements(): the SQL statements in the body of a DO block, PL/pgSQL as it runs (PostgreSQL
// 18 manual, chapter 41).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gander::driver::postgres {

struct BlockStatement {
  std::size_t begin = 0;  // in the body
  std::size_t end = 0;    // its `;` is left out
  bool sure = true;       // false: within IF, CASE, a loop, or behind EXCEPTION
  bool dynamic = false;   // EXECUTE
};

std::vector<BlockStatement> block_statements(std::string_view body);

// The body of `DO ...` and where it stands; `text` is empty where it is not PL/pgSQL.
struct BlockBody {
  std::string text;
  std::size_t offset = 0;  // of the statement at which the text begins
  bool verbatim = false;   // each byte of the text is one of the statement
};

BlockBody block_body(std::string_view statement);

}  // namespace gander::driver::postgres
