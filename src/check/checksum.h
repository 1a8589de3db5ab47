// SPDX-License-Identifier: MIT
// The checksum of a migration's text, and which applied migrations are no longer what was applied.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/base/input.h"
#include "src/check/stamps.h"
#include "src/source/migration.h"
#include "src/store/store.h"

namespace gander::check {

// SHA-256 in hex over the text without a byte order mark and with CR LF as LF: the same for a file,
// its embedded copy, and a checkout on another system. Equal to script::Summary::checksum, without
// the parsing.
std::string checksum(Input& input);

struct Edited {
  const source::Migration* migration = nullptr;
  std::string was;
  std::string is;
};

enum class Reading {
  changed,  // only files whose stamp is not the one in the history
  all,
};

// Compares every applied migration that has both a file and a checksum in the history. Pointers are
// into `migrations`, which `stamps` is about.
std::vector<Edited> find_edited(const std::vector<source::Migration>& migrations,
                                const std::vector<store::Store::Fingerprint>& fingerprints,
                                const store::AppliedSet& applied, Reading reading, Stamps& stamps);

}  // namespace gander::check
