// SPDX-License-Identifier: MIT
// What MigrationRunner::mark() is told, and what it has done.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gander/export.h"

namespace gander {

// What a version is recorded as from now on.
enum class MarkAs { applied, pending };

[[nodiscard]] GANDER_EXPORT const char* mark_name(MarkAs as) noexcept;  // "applied", "pending"

// Which versions, as what, and why. One of `versions`, `to` and `all` says which.
//
//   runner.mark({.as = MarkAs::applied, .versions = {7}, .reason = "run by hand, change 4711"});
struct MarkRequest {
  MarkAs as = MarkAs::applied;
  std::vector<std::int64_t> versions = {};
  // As applied: what is pending up to and including this version. As pending: what is applied above
  // it.
  std::optional<std::int64_t> to = {};
  bool all = false;         // all that is pending, or applied
  std::string reason = {};  // never empty: it is kept in the history
  // Also where the schema is not what the migrations make, or that cannot be found out.
  bool force = false;
};

struct MarkReport {
  std::vector<std::int64_t> marked;   // in the order in which they were recorded
  std::vector<std::int64_t> already;  // asked for by number, and recorded so before
  // In what the schema is not what those migrations make that are recorded as applied now, a
  // sentence each: "index by_hand of orders is there, and no migration makes it". Or, as the only
  // one, why that could not be found out.
  std::vector<std::string> differences;
};

}  // namespace gander

#endif
