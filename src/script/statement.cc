// SPDX-License-Identifier: MIT
#include "src/script/statement.h"

#include <algorithm>

namespace gander::script {

void TransactionSteps::add(const TransactionSteps& next) {
  if (!next.any()) return;
  if (any()) {
    alternating = alternating && next.alternating && last != next.first;
    last = next.last;
  } else {
    *this = next;
  }
}

Place Statement::place(std::size_t offset) const {
  if (anchors.empty()) return {1, 1};
  offset = std::min(offset, text.size());
  auto after = std::upper_bound(anchors.begin() + 1, anchors.end(), offset,
                                [](std::size_t o, const Anchor& a) { return o < a.offset; });
  const Anchor& anchor = *(after - 1);
  std::string_view between = text.substr(anchor.offset, offset - anchor.offset);
  std::size_t last_line = between.rfind('\n');
  if (last_line == std::string_view::npos) {
    return {anchor.place.line, anchor.place.column + static_cast<std::int64_t>(between.size())};
  }
  return {anchor.place.line + std::count(between.begin(), between.end(), '\n'),
          static_cast<std::int64_t>(between.size() - last_line)};
}

}  // namespace gander::script
