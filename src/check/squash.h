// SPDX-License-Identifier: MIT
// A migration that stands for others, which it names in its head: what MigrationRunner::squash()
// writes. A database that has applied all of them needs nothing of it, one that has applied none
// runs it, and one that has applied some must get the others first.
//
//   -- +gander REPLACES 1 <SHA-256> 00001_birds.sql
//
// (COVERS in the place of REPLACES: what one of these stands for in its turn.)
//
// It is the first of its source, so no more than one file is ever looked into, and that only where
// versions below it are applied that have no file, or where it is not what was applied.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gander/error.h"
#include "src/source/migration.h"
#include "src/store/store.h"

namespace gander::check {

struct Replaced {
  std::int64_t version = 0;
  std::string checksum;
  std::string name;
  bool covered = false;  // by another one that is replaced: it need not be applied itself
};

// The line of the head that names it.
std::string replaces_line(const Replaced& replaced);

// What this migration stands for, by version; empty: it is like any other.
std::vector<Replaced> replaced_by(const source::Migration& migration);

// Those of them that are not applied, where some are: the database can neither do without them nor
// run the migration.
struct HalfSquashed {
  const source::Migration* migration = nullptr;  // nullptr: all is well
  std::vector<Replaced> missing;
};

// What the first of `migrations` stands for is known as accepted from here on: the versions without
// a file as gone for good, its own with the text that it has now.
HalfSquashed settle_squashed(const std::vector<source::Migration>& migrations,
                             const store::AppliedSet& applied,
                             std::vector<store::Store::Fingerprint>* known);

// Store::fingerprints(), with that.
std::vector<store::Store::Fingerprint> known(const std::vector<source::Migration>& migrations,
                                             store::Store& store);

Error half_squashed_error(const HalfSquashed& half);

}  // namespace gander::check
