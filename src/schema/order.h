// SPDX-License-Identifier: MIT
// ordered(): the steps of a snapshot in an order in which they can run.
#pragma once

#include <vector>

#include "src/schema/snapshot.h"

namespace gander::schema {

struct OrderedStep {
  const Object* object;
  const Step* step;
};

// Depends on nothing but the ids, needs and steps of the objects: the same for two databases whose
// schemas are equal. What an object needs comes before it with all its steps. Where that is a loop,
// one step of what it needs is enough (the stand-in), and where even that is one, what comes first
// by its id goes first: the database decides whether it takes that.
//
// Borrows from `snapshot`.
std::vector<OrderedStep> ordered(const Snapshot& snapshot);

}  // namespace gander::schema
