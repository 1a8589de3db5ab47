// SPDX-License-Identifier: MIT
// LockNeeds: which locks a statement takes on relations, as far as its text tells. Entry point:
// lock_needs().
//
// The text names relations; what else is locked through them (partitions, the other end of a
// foreign key, what lies beneath a view) is told by the catalogue: see Reach and lock_reach.h. The
// modes are those of the manual's pages of the commands and of the server's sources where those
// are silent; tests/postgres/lock_trace_test.cc compares them with what a server really takes.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/postgres/lock_mode.h"

namespace gander::driver::postgres {

// Bits: what is locked besides the relation itself. "In the same mode", unless `other` is named.
namespace reach {
inline constexpr std::uint32_t children = 1 << 0;    // what inherits from it, partitions too
inline constexpr std::uint32_t partitions = 1 << 1;  // its partitions, if it is partitioned
inline constexpr std::uint32_t parent = 1 << 2;      // what it is a partition of
inline constexpr std::uint32_t default_partition = 1 << 3;
inline constexpr std::uint32_t table = 1 << 4;       // of an index: its table, in `other`
inline constexpr std::uint32_t indexes = 1 << 5;     // of a table: all of them, in `other`
inline constexpr std::uint32_t referenced = 1 << 6;  // by its foreign keys, in `other`
inline constexpr std::uint32_t referencing = 1
                                             << 7;   // with foreign keys to it, and so on: TRUNCATE
inline constexpr std::uint32_t constraint = 1 << 8;  // the other end of the one called `detail`
inline constexpr std::uint32_t column = 1 << 9;      // of those of the column `detail`
inline constexpr std::uint32_t inserted = 1 << 10;   // what INSERT looks up: ROW SHARE
inline constexpr std::uint32_t deleted = 1 << 11;    // what DELETE looks up or cascades to
inline constexpr std::uint32_t updated = 1 << 12;    // the same, if `detail` names the column
inline constexpr std::uint32_t beneath = 1 << 13;    // of a view: what it reads
inline constexpr std::uint32_t dependents = 1 << 14;  // what CASCADE takes along
inline constexpr std::uint32_t type_users = 1 << 15;  // of a type or domain: tables with it
inline constexpr std::uint32_t not_itself = 1 << 16;
inline constexpr std::uint32_t typed_tables = 1 << 17;  // of a composite type
inline constexpr std::uint32_t triggers = 1 << 18;      // rows fire what cannot be told
// Sequences that columns own, or the column `detail` if there is one, in `other`.
inline constexpr std::uint32_t sequences = 1 << 19;
}  // namespace reach

struct LockNeed {
  enum class Object { relation, type, routine, schema, extension, statistics };
  Object object = Object::relation;
  std::string name;  // as written, ready for to_regclass() or the like
  LockMode mode = LockMode::access_exclusive;
  std::uint32_t reach = 0;
  LockMode other = LockMode::access_exclusive;
  std::string detail;  // as written; several names are separated by commas
  bool waits =
      false;      // no lock: CONCURRENTLY waits for the transactions that hold a conflicting one
  int since = 0;  // only from this server_version_num on
};

struct LockNeeds {
  std::string command;  // "ALTER TABLE"
  std::vector<LockNeed> needs;
  std::string untold;           // why more cannot be told: "DO runs code"; empty: all of it is here
  std::set<std::string> calls;  // names that may be functions which it runs
  std::string absent;  // CREATE TABLE IF NOT EXISTS: with this relation there, it does nothing
  bool waits_for_snapshots = false;  // CONCURRENTLY, of every table of the database
};

// `sql` is one statement.
LockNeeds lock_needs(std::string_view sql);

}  // namespace gander::driver::postgres
