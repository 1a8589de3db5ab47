// SPDX-License-Identifier: MIT
// Stage: the database that a campaign plays on. It can be put back to a prepared state, looked at
// from outside, and compared.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "src/driver/driver.h"

namespace gander::crash {

// All that a run may have changed, as text that is equal for equal databases.
struct Picture {
  std::string schema;
  std::string data;      // every row of every table of the user
  std::string versions;  // of the version table, in order
  std::string history;   // without rows of failed tries, times and names
  std::string journal;
  std::string damage;  // what the database's own check complains about

  bool operator==(const Picture&) const = default;
  // What differs, for people.
  std::string difference(const Picture& other) const;
};

class Stage {
 public:
  virtual ~Stage() = default;

  virtual std::string name() const = 0;

  // Starts with no database at all.
  virtual void clear() = 0;
  // Remembers the database as it is now; reset() brings it back.
  virtual void keep() = 0;
  virtual void reset() = 0;

  // A driver for one run; `exposed`: with the stage's own fault injection below it.
  virtual std::unique_ptr<driver::Driver> driver(bool exposed = false) = 0;

  // Runs SQL as somebody who does not know Gander. Throws std::runtime_error.
  virtual void run_sql(const std::string& sql) = 0;

  virtual Picture picture() = 0;
  // Changes when anything was written.
  virtual std::string imprint() = 0;
  // What a finished run must not leave behind; empty if there is nothing.
  virtual std::string leftovers() = 0;
};

// An SQLite file in a directory of its own, in memory (/dev/shm) where the machine has that.
std::unique_ptr<Stage> make_sqlite_stage(const std::string& journal_mode);

}  // namespace gander::crash
