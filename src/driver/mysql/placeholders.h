// SPDX-License-Identifier: MIT
// The parameters of a statement: $1, $2 ... as on every database, which MySQL knows as `?`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gander::driver::mysql {

struct Placeholders {
  std::string sql;                  // with a `?` for each
  std::vector<std::size_t> values;  // which value stands for each `?`, from 0
  std::size_t wanted = 0;           // how many values there are to be

  // MySQL's own `?` stand for the values in their order. Throws Error(usage) for both in one text.
  explicit Placeholders(std::string_view sql);
};

}  // namespace gander::driver::mysql
