// SPDX-License-Identifier: MIT
#include "src/schema/snapshot.h"

#include <algorithm>
#include <string_view>

namespace gander::schema {
namespace {

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

int compare(std::string_view a, std::string_view b, bool ignore_case) {
  if (!ignore_case) return a.compare(b);
  const auto order = std::lexicographical_compare_three_way(
      a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return static_cast<unsigned char>(folded(x)) <=> static_cast<unsigned char>(folded(y));
      });
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

}  // namespace

int compare_ids(const Id& a, const Id& b, bool ignore_case) {
  if (const int kind = a.kind.compare(b.kind); kind != 0) return kind;
  if (const int parent = compare(a.parent, b.parent, ignore_case); parent != 0) return parent;
  return compare(a.name, b.name, ignore_case);
}

void sort(Snapshot* snapshot) {
  std::ranges::sort(snapshot->objects, [&](const Object& a, const Object& b) {
    return compare_ids(a.id, b.id, snapshot->names_ignore_case) < 0;
  });
}

}  // namespace gander::schema
