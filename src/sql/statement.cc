// SPDX-License-Identifier: MIT
#include "src/sql/statement.h"

#include <algorithm>

namespace gander::sql {

void TransactionSteps::add(const TransactionSteps& next) {
  if (!next.any()) return;
  if (any()) {
    alternating = alternating && next.alternating && last != next.first;
    last = next.last;
  } else {
    *this = next;
  }
}

const Anchor& anchor_of(std::span<const Anchor> anchors, std::size_t offset) {
  auto after = std::upper_bound(anchors.begin() + 1, anchors.end(), offset,
                                [](std::size_t o, const Anchor& a) { return o < a.offset; });
  return *(after - 1);
}

Place Statement::place(std::size_t offset) const {
  if (anchors.empty()) return {1, 1};
  offset = std::min(offset, text.size());
  const Anchor& anchor = anchor_of(anchors, offset);
  if (anchor.value) return anchor.place;
  std::string_view between = text.substr(anchor.offset, offset - anchor.offset);
  std::size_t last_line = between.rfind('\n');
  if (last_line == std::string_view::npos) {
    return {anchor.place.line, anchor.place.column + static_cast<std::int64_t>(between.size())};
  }
  return {anchor.place.line + std::count(between.begin(), between.end(), '\n'),
          static_cast<std::int64_t>(between.size() - last_line)};
}

std::size_t Statement::shown_offset(std::size_t offset) const {
  offset = std::min(offset, text.size());
  if (source.empty() || anchors.empty()) return offset;
  const Anchor& anchor = anchor_of(anchors, offset);
  const std::size_t at = anchor.value ? anchor.source : anchor.source + offset - anchor.offset;
  return std::min(at, source.size());
}

}  // namespace gander::sql
