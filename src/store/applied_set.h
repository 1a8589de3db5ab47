// SPDX-License-Identifier: MIT
// AppliedSet: the rows of the version table, and what goose reads out of them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gander::store {

struct AppliedRow {
  std::int64_t version = 0;
  bool applied = true;  // false rows were written by very old versions of goose
  std::string at;       // tstamp; empty unless asked for
};

class AppliedSet {
 public:
  AppliedSet() = default;
  // `rows`: oldest first (ORDER BY id).
  explicit AppliedSet(std::vector<AppliedRow> rows);

  // Is there any row of this version? That is what makes a migration "not pending" for goose.
  bool contains(std::int64_t version) const;

  // Is the newest row of this version an applied one? That is what can be rolled back.
  bool is_applied(std::int64_t version) const;

  // The most recently applied version, 0 if none: rows newest first, and of each version only its
  // newest row counts.
  std::int64_t current() const;

  // The highest version with a row; 0 if none.
  std::int64_t highest() const;

  // Versions whose newest row is applied, most recently applied first, without version 0.
  std::vector<std::int64_t> newest_first() const;

  // For each applied version the greatest tstamp of its rows, as goose's status shows; by version.
  // The texts are those of rows().
  std::vector<std::pair<std::int64_t, std::string_view>> applied_at() const;

  // Versions applied twice with no rollback recorded between (two racing goose processes do that).
  std::vector<std::int64_t> duplicates() const;

  bool empty() const { return rows_.empty(); }
  const std::vector<AppliedRow>& rows() const { return rows_; }

  void add(std::int64_t version);
  void remove(std::int64_t version);

 private:
  void index();

  std::vector<AppliedRow> rows_;  // oldest first
  struct Known {
    std::int64_t version;
    bool applied;  // by its newest row
  };
  std::vector<Known> known_;  // by version, one each
};

}  // namespace gander::store
