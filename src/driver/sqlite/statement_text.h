// SPDX-License-Identifier: MIT
// What the text of one SQL statement says, where SQLite itself cannot be asked: an authorizer could
// not be put back on a borrowed handle.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gander::driver::sqlite {

// PRAGMA [schema.]name [= value | (value)], in whatever quotes and with whatever comments.
struct PragmaText {
  std::string schema;  // as written; empty where there is none
  std::string name;    // in small letters
  std::string value;   // without quotes
  bool sets = false;   // there is a value
};
std::optional<PragmaText> pragma_of(std::string_view sql);

// The table that is not there any more behind DROP TABLE x and ALTER TABLE x RENAME TO y.
struct VanishingTable {
  std::string name;
  bool dropped = false;
};
std::optional<VanishingTable> vanishing_table(std::string_view sql);

}  // namespace gander::driver::sqlite
