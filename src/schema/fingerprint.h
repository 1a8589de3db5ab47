// SPDX-License-Identifier: MIT
// fingerprint(): the digest of what is compared in a snapshot. Equal snapshots, and no others, have
// the same.
#pragma once

#include <string>

#include "src/schema/snapshot.h"

namespace gander::schema {

// SHA-256 in hex of ids, properties and orders. It is kept in databases: a change of what goes into
// it is a change of the format (docs/formats.md).
std::string fingerprint(const Snapshot& snapshot);

}  // namespace gander::schema
