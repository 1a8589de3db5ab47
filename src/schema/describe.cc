// SPDX-License-Identifier: MIT
#include "src/schema/describe.h"

namespace gander::schema {

std::string described(const Id& id) {
  std::string text = id.kind;
  if (!id.name.empty()) text += " " + id.name;
  if (!id.parent.empty()) text += " of " + id.parent;
  return text;
}

}  // namespace gander::schema
