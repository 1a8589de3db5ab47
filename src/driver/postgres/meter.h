// SPDX-License-Identifier: MIT
// postgres::Meter: what the server's lock table and catalogue tell of each statement.
//
// At the end of a statement inside a transaction its locks are read in that very transaction, and
// none is missed: the server keeps them until it ends. A statement outside of one has given its
// locks back when it answers. LockPoll looks for those from another session while it runs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/driver/driver.h"
#include "src/driver/meter.h"
#include "src/driver/postgres/lock_mode.h"
#include "src/driver/postgres/lock_needs.h"
#include "src/sql/statement.h"

namespace gander::driver::postgres {

class Connection;

class Meter final : public driver::Meter {
 public:
  // The connection outlives it.
  explicit Meter(Connection& connection);
  ~Meter();

  void begin(Unit unit) override;
  std::vector<RehearsedStatement> take() override;
  std::int64_t size() override;
  std::int64_t written() override;
  void look_around(std::vector<RehearsedMigration>* migrations) override;
  std::string server() override;
  bool shares_database(driver::Connection& other) override;
  std::vector<std::string> notes(RehearsalCopy copy) override;

  // Since begin().
  bool measures() const { return measures_; }
  // Calls `run`, which sends the statement, or a piece of it, and waits for the answer.
  void measure(const sql::Statement& statement, const std::function<void()>& run);
  // In the transaction that is about to be committed.
  void before_commit();

 private:
  using Relation = std::int64_t;  // its oid
  using Lock = std::pair<Relation, LockMode>;
  struct Known {
    std::string name;  // ready for SQL
    std::string kind;
    std::int64_t file = 0;  // pg_relation_filenode(); 0: it has none
  };

  Connection& helper();
  std::map<Relation, Known> relations();
  RehearsedStatement& entry_for(const sql::Statement& statement);
  void measure_outside(const sql::Statement& statement, const std::function<void()>& run,
                       RehearsedStatement* result);
  std::set<Lock> locks_known(const sql::Statement& statement);
  void read_locks(RehearsedStatement* result);
  void compare_files(RehearsedStatement* result);
  void add_lock(const Lock& lock, bool seen, RehearsedStatement* result) const;
  void note_file(Known* known, std::int64_t file, RehearsedStatement* result) const;

  Connection& connection_;
  std::unique_ptr<driver::Connection> helper_;  // reads what the session itself cannot
  bool measures_ = false;
  Unit unit_ = Unit::statement;
  std::map<Relation, Known> known_;           // before the migration, with the files of now
  std::map<Relation, std::string> original_;  // names before the first migration
  std::vector<RehearsedStatement> statements_;
  std::string transaction_;  // the server's name of the one that `held_` is about
  std::int64_t transactions_ = 0;
  std::set<Lock> held_;
};

}  // namespace gander::driver::postgres
