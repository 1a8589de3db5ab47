// SPDX-License-Identifier: MIT
#include "src/check/renamed.h"

#include <algorithm>
#include <map>
#include <utility>

#include "src/check/checksum.h"

namespace gander::check {

std::vector<std::int64_t> settled(const std::vector<std::int64_t>& unknown,
                                  const std::vector<store::Store::Fingerprint>& fingerprints) {
  std::vector<std::int64_t> result;
  for (const std::int64_t version : unknown) {
    const store::Store::Fingerprint* known = store::find(fingerprints, version);
    if (known != nullptr && known->checksum == kNoFile) result.push_back(version);
  }
  return result;
}

std::vector<Renamed> find_renamed(const std::vector<source::Migration>& migrations,
                                  const std::vector<std::int64_t>& unknown,
                                  const std::vector<store::Store::Fingerprint>& fingerprints,
                                  const store::AppliedSet& applied) {
  std::map<std::string_view, const store::Store::Fingerprint*> by_checksum;
  for (const std::int64_t version : unknown) {
    const store::Store::Fingerprint* known = store::find(fingerprints, version);
    if (known != nullptr && !known->checksum.empty() && known->checksum != kNoFile) {
      by_checksum.emplace(known->checksum, known);
    }
  }
  std::vector<Renamed> renamed;
  if (by_checksum.empty()) return renamed;
  for (const source::Migration& migration : migrations) {
    if (migration.kind != source::Kind::sql || applied.contains(migration.version)) continue;
    const auto found = by_checksum.find(checksum(*migration.open()));
    if (found == by_checksum.end()) continue;
    renamed.push_back({&migration, found->second->version, found->second->name});
    by_checksum.erase(found);
  }
  return renamed;
}

Error renamed_error(const Renamed& renamed) {
  const std::string now = std::to_string(renamed.migration->version);
  ErrorDetails details;
  details.code = ErrorCode::edited;
  details.file = renamed.migration->place;
  details.version = renamed.migration->version;
  details.message = "this file is the applied version " + std::to_string(renamed.was) +
                    " under another number: to run it would apply it a second time";
  details.hint =
      "give the file its number back, or take the new one with `MigrationRunner::accept(" + now +
      ")`, which records " + now + " without running it";
  return Error(std::move(details));
}

}  // namespace gander::check
