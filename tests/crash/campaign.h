// SPDX-License-Identifier: MIT
// Campaign: runs a scenario once for every point at which something can go wrong, then again
// without a fault, and compares the database with the one that an undisturbed run leaves.
//
// After every point: the second run succeeds (or stops as the scenario documents); schema, data,
// version rows and history are those of the undisturbed run; the journal is empty; nothing is left
// behind; and a third run writes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/crash/fault_driver.h"
#include "tests/crash/fault_vfs.h"
#include "tests/crash/scenario.h"
#include "tests/crash/stage.h"

namespace gander::crash {

struct Tally {
  std::int64_t points = 0;
  std::int64_t equal = 0;
  std::int64_t stopped = 0;  // in a documented way, and then settled
  std::int64_t failed = 0;
  std::int64_t survived = 0;  // the disturbed run itself succeeded
  std::int64_t missed = 0;    // planned, but the run ended before it: no point
  Tally& operator+=(const Tally& other);
};

struct Settings {
  std::int64_t every = 1;   // tries one point in so many, a random one
  std::int64_t pairs = 0;   // random pairs of faults, one in the run and one in the next
  std::int64_t crowds = 0;  // rounds of several runs at once
  std::uint32_t seed = 1;   // of the sample and the pairs
  Defect defect = Defect::none;
  bool lying_sync = false;
  bool count = false;  // tries nothing, only counts what it would try
  bool trace = false;
};

// What is done to one run; nothing by default.
struct Disturbance {
  std::vector<Fault> calls;
  FileFault file;
  Cut cut;
  bool by_goose = false;  // the visitor of a `visit` is goose
  std::string text() const;
};

// What a disturbed run has come to.
struct Progress {
  bool reached = false;  // the fault happened
  bool begun = false;    // the run had read and locked all that it needs, and went to work
  bool called = false;   // a function of the user's, which a run calls once
};

class Campaign {
 public:
  // The references must outlive the campaign. Runs the scenario undisturbed to learn what is right.
  // Throws std::runtime_error when that does not succeed.
  Campaign(Stage& stage, const Scenario& scenario, const Settings& settings);
  ~Campaign();
  Campaign(const Campaign&) = delete;
  Campaign& operator=(const Campaign&) = delete;

  // One action at every call: "kill", "lose-request", "fail-sql", "visit", "visit-goose", "crash"
  // and the others of fault_driver.h; at every change of a file: "file-kill", "file-power", ...; or
  // at every message: "cut-request", "cut-reply-half", ... Nothing where the stage has no such.
  Tally every_point(const std::string& action);
  Tally pairs();
  // Two to eight runs at once, half of them killed somewhere.
  Tally crowds();

  // Tries one; prints what went wrong.
  Tally one(const Disturbance& first, const Disturbance& second = {});

  std::int64_t calls() const { return calls_; }

 private:
  bool chosen();
  void prepare();
  void reset();
  void learn();
  bool must_survive(const Disturbance& disturbance) const;
  std::vector<FileFault> file_faults(const std::string& action) const;
  std::string crowd(std::string* kills);
  // Runs in a child process; what it died of, or "" if it is fit to be recovered from.
  std::string disturb(const Disturbance& disturbance, const Operate& operate, bool mend,
                      bool* survived);
  // Serves a child until its end; false when it does not end.
  bool attend(const Disturbance& disturbance, pid_t child, int helpline);
  // `helpline`: where the child asks for what only its parent can do.
  [[noreturn]] void run_in_child(const Disturbance& disturbance, const Operate& operate, bool mend,
                                 std::chrono::milliseconds wait, int helpline);
  void visit(bool by_goose);
  void goose_up();
  void sabotage(Action action, std::chrono::microseconds amid, int helpline);
  std::chrono::microseconds moment_of(const Disturbance& disturbance) const;
  std::string recover(bool by_goose, bool* stopped);
  std::string check(bool by_goose);

  Stage& stage_;
  const Scenario& scenario_;
  const Settings& settings_;
  std::minstd_rand random_;
  bool kept_ = false;
  std::int64_t offered_ = 0;  // points that chosen() was asked about
  std::int64_t choice_ = 0;   // the one of this stretch that is tried
  std::int64_t calls_ = 0;
  std::int64_t file_operations_ = 0;
  std::int64_t messages_[2] = {0, 0};  // of the client, of the server
  Progress* progress_ = nullptr;       // shared with the children
  std::string failure_;                // how the last disturbed run ended
  std::vector<Picture> right_;
  int shown_ = 0;
};

}  // namespace gander::crash
