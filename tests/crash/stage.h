// SPDX-License-Identifier: MIT
// Stage: the database that a campaign plays on. It can be put back to a prepared state, looked at
// from outside, and compared.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "src/driver/driver.h"
#include "tests/crash/cut_proxy.h"
#include "tests/crash/scenario_files.h"

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
  virtual Engine engine() const = 0;

  // Starts with no database at all.
  virtual void clear() = 0;
  // Remembers the database as it is now, and reset() brings it back; false when this cannot be
  // done: then reset() is clear(), and the database must be prepared anew.
  virtual bool keep() = 0;
  virtual void reset() = 0;

  // A driver for one run; `exposed`: with the stage's own fault injection below it (the files of
  // SQLite, the network of a server).
  virtual std::unique_ptr<driver::Driver> driver(bool exposed = false) = 0;

  // How long a run waits for what an interrupted one has left on the server: a session that is
  // still ending, a server that is restarting.
  virtual std::chrono::milliseconds retry_limit() const { return {}; }

  // --- of a stage with a server -----------------------------------------------------------------
  // The network between run and server; nullptr where there is none.
  virtual CutProxy* network() { return nullptr; }
  // The sessions on this database, as the numbers that the server gives them.
  virtual std::vector<pid_t> sessions() { return {}; }
  // Ends sessions by the server's own means, and waits for their end.
  virtual void terminate(const std::vector<pid_t>& /*sessions*/) {}
  // Kills the processes of sessions, for which the server starts anew by itself. False: its only
  // process would have to be killed, which is restart().
  virtual bool crash(const std::vector<pid_t>& /*sessions*/) { return false; }
  // Stops the server in the middle of everything and starts it again. Not in a child process.
  virtual void restart() {}
  // Waits until the server answers again.
  virtual void settle() {}
  // Waits until the server has ended the sessions of runs that are dead.
  virtual void rest() {}
  // Where the run lock is a lease: lets the time pass in which those run out that the process
  // `holder` has, or all (0). Not those of a session that is at work.
  virtual void expire_leases(pid_t /*holder*/) {}

  // --- as somebody who does not know Gander -----------------------------------------------------
  // Throws std::runtime_error, soon when somebody else holds what it needs.
  virtual void run_sql(const std::string& sql) = 0;
  // The version table, "version|is_applied" a line; empty if there is none.
  virtual std::string versions() = 0;
  // goose's own statements: its version table, and one row for an applied version.
  virtual std::string goose_table() const = 0;
  virtual std::string goose_row(std::int64_t version) const = 0;

  virtual Picture picture() = 0;
  // Changes when anything was written.
  virtual std::string imprint() = 0;
  // What a finished run must not leave behind; empty if there is nothing.
  virtual std::string leftovers() = 0;
};

// An SQLite file in a directory of its own, in memory (/dev/shm) where the machine has that.
std::unique_ptr<Stage> make_sqlite_stage(const std::string& journal_mode);

// A database of a private PostgreSQL server; `pooled`: the runs reach it through PgBouncer in
// transaction mode. Null, with `why`, on a machine that has no such programs.
std::unique_ptr<Stage> make_postgres_stage(bool pooled, std::string* why);

// A database of a private MariaDB (or of what GANDER_MYSQLD starts).
std::unique_ptr<Stage> make_mysql_stage(std::string* why);

}  // namespace gander::crash
