// SPDX-License-Identifier: MIT
// IndexClaim: an index of which a statement says that it is there afterwards, although the server
// also takes a half-built one for it (IF NOT EXISTS).
//
// Connection::finish_built() and finish_detach() hold what CONCURRENTLY has left behind, in this
// run or in anybody's before it, against what the statement promises.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gander::driver::postgres {

struct IndexClaim {
  std::string index;  // as written
  std::string table;
  bool only = false;  // ON ONLY: the index of a partitioned table is invalid by intent
};

// CREATE INDEX ... IF NOT EXISTS among the statements that begin at `starts`.
std::vector<IndexClaim> index_claims(std::string_view sql, const std::vector<std::size_t>& starts);

// What a REINDEX ... CONCURRENTLY is to make anew; an SQL condition on pg_index `i` and its
// namespace `n`. Empty: no such statement, or one that leaves nothing invalid out (INDEX).
std::string reindexed(std::string_view sql);

// An SQL expression: is another session building the index of the row `i` of pg_index?
extern const char* const kBeingBuilt;

// An SQL condition on pg_class `c`: the name that REINDEX CONCURRENTLY gives to its work in
// progress and to its waste.
extern const char* const kReindexName;

}  // namespace gander::driver::postgres
