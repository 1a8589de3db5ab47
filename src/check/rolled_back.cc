// SPDX-License-Identifier: MIT
#include "src/check/rolled_back.h"

namespace gander::check {

bool is_rolled_back(const store::AppliedSet& applied, std::int64_t version) {
  return applied.contains(version) && !applied.is_applied(version);
}

std::vector<std::int64_t> rolled_back(const std::vector<source::Migration>& migrations,
                                      const store::AppliedSet& applied) {
  std::vector<std::int64_t> versions;
  for (const source::Migration& migration : migrations) {
    if (is_rolled_back(applied, migration.version)) versions.push_back(migration.version);
  }
  return versions;
}

std::string rolled_back_text() {
  return "not applied, but a very old goose has left a row that says so (is_applied = false), and "
         "with it up passes over it: delete that row from the version table to apply it";
}

}  // namespace gander::check
