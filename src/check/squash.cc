// SPDX-License-Identifier: MIT
#include "src/check/squash.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>
#include <utility>

#include "src/check/checksum.h"
#include "src/check/renamed.h"

namespace gander::check {
namespace {

// In files that people keep: never rename.
constexpr std::string_view kReplaces = "-- +gander REPLACES ";
constexpr std::string_view kCovers = "-- +gander COVERS ";
constexpr std::size_t kDigest = 64;
constexpr std::string_view kGoose = "-- +goose";
// The head ends with the first annotation; a file whose head is larger stands for nothing.
constexpr std::size_t kMostHead = std::size_t{8} << 20;

// The text in front of the first annotation.
std::string head_of(const source::Migration& migration) {
  const std::unique_ptr<Input> input = migration.open();
  std::string head;
  char buffer[16 * 1024];
  while (head.size() < kMostHead) {
    const std::size_t count = input->read(buffer, sizeof(buffer));
    if (count == 0) break;
    const std::size_t before = head.size() < kGoose.size() ? 0 : head.size() - kGoose.size();
    head.append(buffer, count);
    const std::size_t end = head.find(kGoose, before);
    if (end != std::string::npos) return head.substr(0, end);
    // Whatever begins otherwise has no such head.
    if (!head.starts_with("--")) break;
  }
  return {};
}

bool read_line(std::string_view line, Replaced* replaced) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  replaced->covered = line.starts_with(kCovers);
  if (!replaced->covered && !line.starts_with(kReplaces)) return false;
  line.remove_prefix(replaced->covered ? kCovers.size() : kReplaces.size());
  const char* end = line.data() + line.size();
  const auto [at, error] = std::from_chars(line.data(), end, replaced->version);
  if (error != std::errc() || replaced->version <= 0) return false;
  line.remove_prefix(static_cast<std::size_t>(at - line.data()));
  if (line.size() < kDigest + 3 || line[0] != ' ' || line[kDigest + 1] != ' ') return false;
  replaced->checksum = line.substr(1, kDigest);
  replaced->name = line.substr(kDigest + 2);
  return true;
}

store::Store::Fingerprint& entry_of(std::int64_t version,
                                    std::vector<store::Store::Fingerprint>* known) {
  const auto at =
      std::ranges::lower_bound(*known, version, {}, &store::Store::Fingerprint::version);
  if (at != known->end() && at->version == version) return *at;
  store::Store::Fingerprint made;
  made.version = version;
  return *known->insert(at, std::move(made));
}

// Is there a reason to look into the first file?
bool is_worth_reading(const std::vector<source::Migration>& migrations,
                      const store::AppliedSet& applied) {
  if (migrations.empty() || migrations.front().kind != source::Kind::sql) return false;
  const std::int64_t first = migrations.front().version;
  return std::ranges::any_of(applied.rows(), [&](const store::AppliedRow& row) {
    return row.version > 0 && row.version < first;
  });
}

}  // namespace

std::string replaces_line(const Replaced& replaced) {
  return std::string(replaced.covered ? kCovers : kReplaces) + std::to_string(replaced.version) +
         " " + replaced.checksum + " " + replaced.name + "\n";
}

std::vector<Replaced> replaced_by(const source::Migration& migration) {
  std::vector<Replaced> all;
  const std::string head = head_of(migration);
  std::string_view rest = head;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    Replaced replaced;
    if (read_line(rest.substr(0, end), &replaced)) all.push_back(std::move(replaced));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::ranges::sort(all, {}, &Replaced::version);
  return all;
}

HalfSquashed settle_squashed(const std::vector<source::Migration>& migrations,
                             const store::AppliedSet& applied,
                             std::vector<store::Store::Fingerprint>* known) {
  HalfSquashed half;
  if (!is_worth_reading(migrations, applied)) return half;
  const source::Migration& squash = migrations.front();
  const std::vector<Replaced> all = replaced_by(squash);
  if (all.empty()) return half;
  for (const Replaced& replaced : all) {
    if (!replaced.covered && !applied.contains(replaced.version)) half.missing.push_back(replaced);
  }
  if (!half.missing.empty()) {
    half.migration = &squash;
    return half;
  }
  for (const Replaced& replaced : all) {
    if (replaced.version == squash.version || !applied.contains(replaced.version)) continue;
    entry_of(replaced.version, known).checksum = kNoFile;
  }
  // Where there is no history, nothing is known against it.
  store::Store::Fingerprint& own = entry_of(squash.version, known);
  if (own.checksum.empty()) return half;
  own.checksum = checksum(*squash.open());
  own.stamp = 0;
  return half;
}

std::vector<store::Store::Fingerprint> known(const std::vector<source::Migration>& migrations,
                                             store::Store& store) {
  std::vector<store::Store::Fingerprint> fingerprints = store.fingerprints();
  settle_squashed(migrations, store.applied(), &fingerprints);
  return fingerprints;
}

Error half_squashed_error(const HalfSquashed& half) {
  std::string list;
  for (const Replaced& replaced : half.missing) {
    list +=
        (list.empty() ? "" : ", ") + std::to_string(replaced.version) + " (" + replaced.name + ")";
  }
  ErrorDetails details;
  details.code = ErrorCode::not_found;
  details.file = half.migration->place;
  details.version = half.migration->version;
  details.message =
      "it takes the place of migrations of which this database has applied some and not " + list;
  details.hint =
      "apply those first, from the files that were kept aside or from an older release; nothing "
      "was changed";
  return Error(std::move(details));
}

}  // namespace gander::check
