// SPDX-License-Identifier: MIT
// LockReach: what the catalogue adds to a LockNeed: which relations are locked through the one that
// is named.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/driver/postgres/lock_needs.h"

namespace gander::driver::postgres {

class Connection;

class LockReach {
 public:
  using Relation = std::int64_t;  // its oid
  struct Lock {
    Relation relation = 0;
    LockMode mode = LockMode::access_share;
  };

  // Reads what it needs for these statements, and nothing later but dependents.
  LockReach(Connection& connection, const std::vector<LockNeeds>& all);

  // The locks on relations that exist. Empty when what is named does not.
  std::vector<Lock> locks(const LockNeed& need);

  bool exists(const std::string& name) const { return relations_.contains(name); }
  // The first of these names that is a function whose body is not known to be harmless.
  std::string unknown_code(const std::set<std::string>& calls) const;
  // Of the tables that this writes, one with triggers of its own; empty if there is none.
  std::string table_with_triggers(const LockNeed& need) const;

  // Adds names to `names`, as regclass writes them.
  void name(std::map<Relation, std::string>* names);

 private:
  struct ForeignKey {
    Relation from = 0;
    Relation to = 0;
    std::string name;
    std::string from_columns;
    std::string to_columns;
    std::string on_delete;  // "a", "r", "c", "n", "d" of pg_constraint
    std::string on_update;
  };
  using Links = std::multimap<Relation, Relation>;

  void read_names(const std::vector<LockNeeds>& all);
  void read_links();
  void read_code(const std::vector<LockNeeds>& all);
  void read_pairs(const std::string& sql, Links* links);
  void add_below(Relation relation, const Links& links, std::set<Relation>* found) const;
  void add_keys(const LockNeed& need, Relation relation, std::vector<Lock>* locks) const;
  void add_row_keys(const LockNeed& need, Relation relation, std::vector<Lock>* locks) const;
  void add_deleted(Relation relation, std::set<Relation>* seen, std::vector<Lock>* locks) const;
  void add_dependents(const LockNeed& need, std::vector<Lock>* locks);

  Connection& connection_;
  std::map<std::string, Relation> relations_;
  std::set<Relation> partitioned_;
  std::map<std::string, Relation> types_;
  Links children_;
  Links partition_of_;  // to what it is a partition of
  std::map<Relation, Relation> default_partition_;
  Links indexes_;
  std::map<Relation, Relation> table_of_;
  Links beneath_;
  Links typed_;                                                          // of a composite type
  std::multimap<Relation, std::pair<Relation, std::string>> sequences_;  // with their columns
  std::vector<ForeignKey> keys_;
  std::set<Relation> with_triggers_;
  std::set<std::string> code_;  // names of calls
};

}  // namespace gander::driver::postgres
