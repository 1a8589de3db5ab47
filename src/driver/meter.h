// SPDX-License-Identifier: MIT
// Meter: what a database can tell of the statements that a session of it runs, for a rehearsal.
//
//   connection.meter()->begin(Meter::Unit::statement);  // before each migration
//   ...                                                 // Connection::run() as ever
//   for (auto& one : connection.meter()->take()) ...    // behind it
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gander/rehearsal.h"

namespace gander::driver {

class Connection;

class Meter {
 public:
  enum class Unit {
    statement,    // each of a script that Connection::run() is given
    transaction,  // what was done by the commit, whoever did it: a function
  };
  // Measures from now on; nothing is deferred any more. What is in the database now was there
  // before. Called outside a transaction, or at the beginning of one. Throws Error(sql,
  // connection).
  virtual void begin(Unit unit) = 0;
  // Those that have succeeded since begin(). A transaction measured as a whole is one without a
  // number, a text and a duration.
  virtual std::vector<RehearsedStatement> take() = 0;

  // Bytes of the database.
  virtual std::int64_t size() = 0;
  // Bytes that were written so far, from whenever it was; -1: not known.
  virtual std::int64_t written() = 0;

  // Of the session's own database, in which the statements did not run: fills in what stands in
  // the way of their locks there, and how large the tables are. Reads only.
  virtual void look_around(std::vector<RehearsedMigration>* migrations) = 0;
  // "PostgreSQL 15.20".
  virtual std::string server() = 0;
  // Is the other session, of the same engine, in the same database?
  virtual bool shares_database(Connection& other) = 0;
  // What is to be known of figures that come from a copy of this kind, a sentence each.
  virtual std::vector<std::string> notes(RehearsalCopy copy) = 0;

 protected:
  ~Meter() = default;
};

}  // namespace gander::driver
