// SPDX-License-Identifier: MIT
// plan::make(): which migrations an operation runs, or why it cannot. Pure: no file, no database.
//
// Which versions count as applied, current and missing follows goose (docs/compatibility.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gander/options.h"
#include "gander/report.h"
#include "src/source/migration.h"
#include "src/store/applied_set.h"

namespace gander::plan {

struct Request {
  enum class Kind { up, up_by_one, up_to, down, down_to, redo, reset };
  Kind kind = Kind::up;
  std::int64_t version = 0;  // the bound of up_to and down_to
  bool allow_missing = false;
  bool strict = false;
  bool versioning = true;
  bool down_by_version = true;
  Newer newer = Newer::warn;
  bool exact_targets = false;
  // Versions without a migration that accept() has settled, ascending: nothing is said of them.
  std::vector<std::int64_t> settled = {};
};

struct Step {
  const source::Migration* migration = nullptr;  // into the list given to make()
  Direction direction = Direction::up;
  std::string reason;
};

struct Steps {
  std::vector<Step> steps;
  std::vector<std::string> warnings;
};

// `migrations` sorted by version, each once; it must outlive the result.
// Throws Error: out_of_order, not_found (nothing to apply or roll back where the request asks for
// one, a file that is gone, a bound that nobody knows), edited (strict, and the database has
// versions that the source lacks; `newer` for those above the source's newest), invalid_migration
// (a Go file is among the steps).
Steps make(const Request& request, const std::vector<source::Migration>& migrations,
           const store::AppliedSet& applied);

// The entry of `migrations` with this version, or nullptr.
const source::Migration* find(const std::vector<source::Migration>& migrations,
                              std::int64_t version);

// Versions with a row but no migration, ascending, without 0.
std::vector<std::int64_t> unknown_versions(const std::vector<source::Migration>& migrations,
                                           const store::AppliedSet& applied);

}  // namespace gander::plan
