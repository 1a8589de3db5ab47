// SPDX-License-Identifier: MIT
#include "src/schema/snapshot.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

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

// Keys and not the objects are moved about: there may be a hundred thousand.
void sort(Snapshot* snapshot) {
  std::vector<Object>& objects = snapshot->objects;
  std::vector<std::pair<std::string, std::size_t>> keys;
  keys.reserve(objects.size());
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const Id& id = objects[i].id;
    std::string key;
    key.reserve(id.kind.size() + id.parent.size() + id.name.size() + 2);
    // As compare_ids() has it: no name holds a NUL.
    key.append(id.kind).push_back('\0');
    key.append(id.parent).push_back('\0');
    key.append(id.name);
    if (snapshot->names_ignore_case) std::ranges::transform(key, key.begin(), folded);
    keys.emplace_back(std::move(key), i);
  }
  std::ranges::sort(keys);
  std::vector<Object> sorted;
  sorted.reserve(objects.size());
  for (const auto& [key, at] : keys) sorted.push_back(std::move(objects[at]));
  objects = std::move(sorted);
}

}  // namespace gander::schema
