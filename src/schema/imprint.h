// SPDX-License-Identifier: MIT
// Imprint: what is kept of a snapshot, a name and a short digest for each object, so that a later
// snapshot tells which objects are others by then.
//
// It is kept in databases: text() and what goes into a digest are a format (docs/formats.md,
// T_schema).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gander/schema.h"
#include "src/schema/snapshot.h"

namespace gander::schema {

// An object as the migrations have left it.
struct Trace {
  Id id;
  std::uint64_t digest = 0;  // of its properties; 0: it is not to be there
  bool part = false;         // it is made with what it belongs to
  // The version at which it was last seen so; 0: that at which all was recorded.
  std::int64_t since = 0;
};

struct Imprint {
  std::vector<Trace> traces;  // in the order of the ids
  bool names_ignore_case = false;
};

// Without the order of a table's columns, which no hand changes alone.
Imprint imprint(const Snapshot& snapshot);

std::string text(const Imprint& imprint);
// nullopt: it is no such text.
std::optional<Imprint> parse_imprint(std::string_view text);

// The objects that are not as they were recorded at `version`. What belongs to an object that is
// there on one side alone, and is made with it, is not told again.
std::vector<DriftedObject> drifted(const Imprint& recorded, std::int64_t version,
                                   const Imprint& now);

// `wanted` is what migrations make of the schema, recorded from now on. Of an object that differed
// from the record `was` before, the old entry stays where stays(before, wanted) says so of its
// digests in the three, 0 where it is not there: what nobody has touched differs as it did.
using Stays = bool (*)(std::uint64_t recorded, std::uint64_t before, std::uint64_t wanted);
Imprint carry_over(const Imprint& was, std::int64_t version, const Imprint& before, Imprint wanted,
                   Stays stays);

}  // namespace gander::schema
