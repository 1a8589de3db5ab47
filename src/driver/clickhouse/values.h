// SPDX-License-Identifier: MIT
// A result of the server as values: the format TabSeparatedWithNamesAndTypes, which every version
// has.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/driver.h"

namespace gander::driver::clickhouse {

inline constexpr std::string_view kFormat = "TabSeparatedWithNamesAndTypes";

struct Table {
  std::vector<std::string> names;
  std::vector<std::string> types;
  // As text; nullopt for NULL.
  using Cells = std::vector<std::optional<std::string>>;
  std::vector<Cells> rows;
};

// Throws Error(connection) for a text that is none.
Table table_of(std::string_view text);

// Numbers as such where they fit, all else as text.
Value value_of(std::string_view type, const std::optional<std::string>& cell);
Rows rows_of(const Table& table);

// A row that is visited.
class CellsRow final : public Row {
 public:
  explicit CellsRow(const Table::Cells& cells) : cells_(cells) {}
  std::int64_t integer(int column) const override;
  std::string_view text(int column) const override;

 private:
  const Table::Cells& cells_;
};

}  // namespace gander::driver::clickhouse
