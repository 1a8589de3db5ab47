// SPDX-License-Identifier: MIT
#include "src/store/applied_set.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace gander::store {

AppliedSet::AppliedSet(std::vector<AppliedRow> rows) : rows_(std::move(rows)) { index(); }

void AppliedSet::index() {
  known_.clear();
  known_.reserve(rows_.size());
  for (const AppliedRow& row : rows_) known_.push_back({row.version, row.applied});
  const auto by_version = [](const Known& a, const Known& b) { return a.version < b.version; };
  if (!std::is_sorted(known_.begin(), known_.end(), by_version)) {
    std::stable_sort(known_.begin(), known_.end(), by_version);
  }
  // The newest row of a version is the last of its run: keep that one.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    if (i + 1 < known_.size() && known_[i + 1].version == known_[i].version) continue;
    known_[kept++] = known_[i];
  }
  known_.resize(kept);
}

namespace {

template <typename Vector>
auto find(Vector& known, std::int64_t version) {
  return std::lower_bound(known.begin(), known.end(), version,
                          [](const auto& entry, std::int64_t v) { return entry.version < v; });
}

}  // namespace

bool AppliedSet::contains(std::int64_t version) const {
  const auto at = find(known_, version);
  return at != known_.end() && at->version == version;
}

bool AppliedSet::is_applied(std::int64_t version) const {
  const auto at = find(known_, version);
  return at != known_.end() && at->version == version && at->applied;
}

std::int64_t AppliedSet::current() const {
  for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
    if (row->applied && is_applied(row->version)) return row->version;
  }
  return 0;
}

std::int64_t AppliedSet::highest() const { return known_.empty() ? 0 : known_.back().version; }

std::vector<std::int64_t> AppliedSet::newest_first() const {
  std::vector<std::int64_t> versions;
  const bool repeated = rows_.size() != known_.size();
  std::unordered_set<std::int64_t> seen;  // of a version with several rows the newest one counts
  for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
    if (row->version == 0 || !is_applied(row->version)) continue;
    if (!repeated || seen.insert(row->version).second) versions.push_back(row->version);
  }
  return versions;
}

std::vector<std::pair<std::int64_t, std::string_view>> AppliedSet::applied_at() const {
  std::vector<std::pair<std::int64_t, std::string_view>> times;
  times.reserve(rows_.size());
  for (const AppliedRow& row : rows_) {
    if (is_applied(row.version)) times.emplace_back(row.version, row.at);
  }
  // The greatest time of a version comes first, and is the one that stays.
  const auto before = [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;
  };
  if (!std::is_sorted(times.begin(), times.end(), before)) {
    std::sort(times.begin(), times.end(), before);
  }
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  times.erase(std::unique(times.begin(), times.end(), same), times.end());
  return times;
}

std::vector<std::int64_t> AppliedSet::duplicates() const {
  if (rows_.size() == known_.size()) return {};
  std::vector<std::int64_t> repeated;
  std::unordered_set<std::int64_t> applied;
  for (const AppliedRow& row : rows_) {
    if (!row.applied) {
      applied.erase(row.version);
    } else if (!applied.insert(row.version).second) {
      repeated.push_back(row.version);
    }
  }
  std::sort(repeated.begin(), repeated.end());
  repeated.erase(std::unique(repeated.begin(), repeated.end()), repeated.end());
  return repeated;
}

void AppliedSet::add(std::int64_t version) {
  rows_.push_back(AppliedRow{version, true, {}});
  const auto at = find(known_, version);
  if (at != known_.end() && at->version == version) {
    at->applied = true;
  } else {
    known_.insert(at, Known{version, true});
  }
}

void AppliedSet::remove(std::int64_t version) {
  std::erase_if(rows_, [&](const AppliedRow& row) { return row.version == version; });
  const auto at = find(known_, version);
  if (at != known_.end() && at->version == version) known_.erase(at);
}

}  // namespace gander::store
