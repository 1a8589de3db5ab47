// SPDX-License-Identifier: MIT
// Decorators over a driver for tests: every database call gets a number, and at chosen numbers
// something goes wrong. Nothing of this is compiled into the library.
//
// Entry points: FaultLine (the numbering and the plan), with_faults().
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/driver.h"

namespace gander::crash {

enum class Action {
  kill,            // SIGKILL to ourselves before the call
  kill_amid,       // a signal that ends us, FaultLine::amid after the beginning of the call
  lose_request,    // the connection is gone before the call reaches the database
  lose_reply,      // the call is carried out, and the connection is gone before its answer
  fail,            // the call is refused with an error of one class
  visit,           // somebody else works on the database before the call
  terminate,       // the server ends our session before the call
  terminate_amid,  // ... FaultLine::amid after its beginning
  crash,           // a process of the server dies before the call: the server starts anew
  crash_amid,      // ... FaultLine::amid after its beginning
  restart,         // the server is stopped, without any grace, and started before the call
};

struct Fault {
  std::int64_t point = 0;  // number of the call, 1 is the first
  Action action = Action::kill;
  ErrorCode code = ErrorCode::sql;  // of `fail`

  // "12:kill", "12:lose-request", "12:visit", "12:fail-storage", "12:crash-amid" and so on. Throws
  // std::invalid_argument.
  static Fault parse(std::string_view text);
  std::string text() const;
};

// What is wrong with the engine under test: a campaign that does not notice is worth nothing.
enum class Defect {
  none,
  version_row_after_commit,    // the work is committed before its version row is written
  journal_entry_after_commit,  // a statement is committed before its journal entry
  stale_state,                 // what other runs have committed is not noticed
};
Defect parse_defect(std::string_view name);

// Numbers the calls of one run over all its connections.
class FaultLine {
 public:
  FaultLine() = default;
  explicit FaultLine(std::vector<Fault> plan) : plan_(std::move(plan)) {}

  std::int64_t calls() const { return calls_; }
  // Did the run come so far as to change the database?
  bool begun() const { return begun_; }
  bool lent() const { return lent_; }  // a function migration was called
  // Every call's name, for people who look at a failing point.
  void trace(bool on) { trace_ = on; }
  // Called by `visit`; must not use a connection of this line.
  std::function<void()> visitor;
  // Called by what is done to the server.
  std::function<void(Action)> saboteur;
  // Called just before a planned fault happens.
  std::function<void()> reached;
  std::chrono::microseconds amid{0};
  Defect defect = Defect::none;

  void note_lent() { lent_ = true; }

  // Counts a call. Kills, visits and throws as planned; true: the reply is to be lost.
  bool pass(const char* call, std::string_view text);

 private:
  std::vector<Fault> plan_;
  std::int64_t calls_ = 0;
  bool begun_ = false;
  bool lent_ = false;
  bool trace_ = false;
};

// Thrown by pass(): the connection is to be dropped without having carried out the call.
struct RequestLost {};

// `line` must outlive the driver and its connections.
std::unique_ptr<driver::Driver> with_faults(std::unique_ptr<driver::Driver> inner, FaultLine* line);

}  // namespace gander::crash
