// SPDX-License-Identifier: MIT
// compare(): two snapshots object by object.
#pragma once

#include "gander/schema.h"
#include "src/schema/snapshot.h"

namespace gander::schema {

// In the order of the ids. What belongs to an object that only one side has, and is made with it,
// is not told again.
SchemaComparison compare(const Snapshot& before, const Snapshot& after);

}  // namespace gander::schema
