// SPDX-License-Identifier: MIT
// LockDoctor: the part of `gander doctor` that tells what the pending statements lock and
// which sessions, as they stand now, they would wait for.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gander/finding.h"
#include "src/driver/postgres/lock_needs.h"
#include "src/sql/statement.h"

namespace gander::driver::postgres {

class Connection;

class LockDoctor {
 public:
  // A pending statement, in the order in which they would run. `place`: its file.
  void add(const std::string& place, const sql::Statement& statement);

  // Adds the findings `locks`, `locks_untold` and `transactions`. Reads only.
  void doctor(Connection& connection, DoctorReport* report);

  // The sessions that doctor() has named.
  const std::set<std::int64_t>& named() const { return named_; }
  // Of how many statements doctor() could not tell what they lock.
  std::int64_t untold() const { return untold_; }

 private:
  struct Pending {
    std::string place;  // with the line
    std::string file;
    std::size_t needs = 0;  // index in needs_
  };
  class Report;

  std::vector<Pending> pending_;
  std::vector<LockNeeds> needs_;
  std::set<std::string> seen_;
  std::string copy_file_;
  std::int64_t copy_number_ = 0;
  std::set<std::int64_t> named_;
  std::int64_t untold_ = 0;
};

}  // namespace gander::driver::postgres
