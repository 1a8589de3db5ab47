// SPDX-License-Identifier: MIT
// Applied versions whose file is gone: those that were settled by accept(), and those whose file is
// there under another number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gander/error.h"
#include "src/source/migration.h"
#include "src/store/store.h"

namespace gander::check {

// The checksum in the history of an accepted version without a file. Stored: never rename.
inline constexpr std::string_view kNoFile = "none";

// Those of `unknown` that were accepted without a file; ascending like `unknown`.
std::vector<std::int64_t> settled(const std::vector<std::int64_t>& unknown,
                                  const std::vector<store::Store::Fingerprint>& fingerprints);

struct Renamed {
  const source::Migration* migration = nullptr;  // pending, with the text of
  std::int64_t was = 0;                          // this applied version, which has no file
  std::string name;                              // of the file then, if known
};

// A copy whose first file is still there is no rename: only versions in `unknown` count. Reads the
// pending files, and only when one of `unknown` has a checksum.
std::vector<Renamed> find_renamed(const std::vector<source::Migration>& migrations,
                                  const std::vector<std::int64_t>& unknown,
                                  const std::vector<store::Store::Fingerprint>& fingerprints,
                                  const store::AppliedSet& applied);

Error renamed_error(const Renamed& renamed);

}  // namespace gander::check
