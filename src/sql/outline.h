// SPDX-License-Identifier: MIT
// Outline: what a statement of the schema does to which object, told from its first words.
//
// Only what most databases write alike is in it; what stands behind the name is left to the caller.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "src/sql/words.h"

namespace gander::sql {

// CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY t (a): create, "index", "i", of table
// "t", all four of the words in capitals noted, and `rest` at the parenthesis.
struct Outline {
  explicit Outline(const Words& words) : rest(words) {}

  enum class Verb : std::uint8_t { other, create, alter, drop };
  Verb verb = Verb::other;
  std::string kind;        // in small letters, "materialized view" and "foreign table" among them
  std::string name;        // the first, as written, with its schema; empty if there is none
  std::string table;       // of CREATE INDEX
  bool replaces = false;   // OR REPLACE
  bool temporary = false;  // GLOBAL and LOCAL, too
  bool unique = false;
  bool concurrently = false;
  bool guarded = false;  // IF [NOT] EXISTS
  bool only = false;
  Words rest;  // for Verb::other all of them

  bool creates(std::string_view what) const { return verb == Verb::create && kind == what; }
};

Outline outline(const Words& words);

}  // namespace gander::sql
