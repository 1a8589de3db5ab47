// SPDX-License-Identifier: MIT
#include "tests/crash/campaign.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace gander::crash {
namespace {

constexpr int kShownFailures = 3;  // a scenario; the rest is counted

bool contains(const std::vector<ErrorCode>& codes, ErrorCode code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

Tally& Tally::operator+=(const Tally& other) {
  points += other.points;
  equal += other.equal;
  stopped += other.stopped;
  failed += other.failed;
  survived += other.survived;
  missed += other.missed;
  return *this;
}

std::string Disturbance::text() const {
  std::string text;
  for (const Fault& fault : calls) text += " --fault " + fault.text();
  if (file.point > 0) text += " --file-fault " + file.text();
  if (cut.point > 0) text += " --cut " + cut.text();
  return text + (by_goose ? " --goose" : "");
}

Campaign::Campaign(Stage& stage, const Scenario& scenario, const Settings& settings)
    : stage_(stage), scenario_(scenario), settings_(settings), random_(settings.seed) {
  // Another sample for each scenario.
  random_.discard(std::hash<std::string>()(scenario.name) % 10000);
  void* memory =
      ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("cannot share memory");
  progress_ = new (memory) Progress;
  stage_.clear();
  prepare();
  kept_ = stage_.keep();
  learn();
}

Campaign::~Campaign() { ::munmap(progress_, sizeof(Progress)); }

void Campaign::prepare() {
  if (scenario_.prepare_stage) {
    // Opened once before, so that the file has the journal mode of this stage.
    stage_.driver()->connect({});
    scenario_.prepare_stage(stage_);
  }
  if (!scenario_.prepare) return;
  MigrationRunner runner = scenario_.runner(stage_.driver(), false);
  scenario_.prepare(runner);
}

void Campaign::reset() {
  stage_.reset();
  if (!kept_) prepare();
}

void Campaign::learn() {
  FaultLine line;
  line.defect = settings_.defect;
  line.trace(settings_.trace);
  reset();
  try {
    MigrationRunner runner = scenario_.runner(with_faults(stage_.driver(), &line), false);
    scenario_.operation(runner);
    if (scenario_.fails) throw std::runtime_error(scenario_.name + " did not fail");
  } catch (const Error& error) {
    if (!scenario_.fails) throw std::runtime_error(scenario_.name + ": " + error.what());
  }
  calls_ = line.calls();
  for (const bool without_operation : {false, true}) {
    if (without_operation && !scenario_.may_be_undone) break;
    if (without_operation) reset();
    MigrationRunner runner = scenario_.runner(stage_.driver(), true, stage_.retry_limit());
    scenario_.recovery(runner);
    right_.push_back(stage_.picture());
  }
  reset();
  if (stage_.network() != nullptr) {
    stage_.network()->start({});
  } else {
    arm_fault_vfs({}, settings_.lying_sync);
  }
  try {
    MigrationRunner runner = scenario_.runner(stage_.driver(true), false);
    scenario_.operation(runner);
  } catch (const Error&) {
    // The same failure as above.
  }
  if (stage_.network() == nullptr) {
    file_operations_ = fault_vfs_operations();
    return;
  }
  stage_.network()->stop();
  for (const bool replies : {false, true}) {
    messages_[replies ? 1 : 0] = stage_.network()->messages(replies);
  }
}

// Evenly spread, but at no fixed distance: that could be the distance of equal calls.
bool Campaign::chosen() {
  const std::int64_t place = offered_++ % settings_.every;
  if (place == 0) choice_ = static_cast<std::int64_t>(random_()) % settings_.every;
  return place == choice_;
}

Tally Campaign::every_point(const std::string& action) {
  Tally tally;
  const bool server = stage_.network() != nullptr;
  if (action.starts_with("file-")) {
    for (const FileFault& fault : file_faults(action.substr(5))) {
      Disturbance disturbance;
      disturbance.file = fault;
      if (chosen()) tally += one(disturbance);
    }
    return tally;
  }
  if (action.starts_with("cut-")) {
    const std::int64_t messages = messages_[action.starts_with("cut-reply") ? 1 : 0];
    for (std::int64_t point = 1; point <= messages; ++point) {
      Disturbance disturbance;
      disturbance.cut = Cut::parse(std::to_string(point) + ":" + action);
      if (chosen()) tally += one(disturbance);
    }
    return tally;
  }
  const bool of_server = action.starts_with("terminate") || action.starts_with("crash") ||
                         action.starts_with("restart");
  const bool by_goose = action == "visit-goose";
  if (of_server && !server) return tally;
  if (by_goose && !scenario_.goose_may_visit) return tally;
  if (action.starts_with("visit") && !scenario_.may_be_visited) return tally;
  for (std::int64_t point = 1; point <= calls_; ++point) {
    if (!chosen()) continue;
    Disturbance disturbance;
    disturbance.calls = {Fault::parse(std::to_string(point) + ":" + (by_goose ? "visit" : action))};
    disturbance.by_goose = by_goose;
    tally += one(disturbance);
  }
  return tally;
}

std::vector<FileFault> Campaign::file_faults(const std::string& action) const {
  constexpr std::uint32_t kPowerCuts = 4;  // a point
  std::vector<FileFault> faults;
  for (std::int64_t point = 1; point <= file_operations_; ++point) {
    const std::string text = std::to_string(point) + ":" + action;
    if (action != "power") {
      faults.push_back(FileFault::parse(text));
      continue;
    }
    for (std::uint32_t i = 0; i < kPowerCuts; ++i) {
      const std::uint32_t seed = i < 2 ? i : settings_.seed * 1000 + i;
      faults.push_back(FileFault::parse(text + "-" + std::to_string(seed)));
    }
  }
  return faults;
}

Tally Campaign::pairs() {
  Tally tally;
  const std::vector<std::string> actions = {"kill",         "kill",     "lose-reply",
                                            "lose-request", "fail-sql", "fail-storage"};
  const auto any = [&] {
    const auto point = 1 + static_cast<std::int64_t>(random_()) % calls_;
    return Fault::parse(std::to_string(point) + ":" + actions[random_() % actions.size()]);
  };
  for (std::int64_t i = 0; i < settings_.pairs; ++i) {
    Disturbance first;
    Disturbance second;
    first.calls = {any()};
    second.calls = {any()};
    tally += one(first, second);
  }
  return tally;
}

Tally Campaign::crowds() {
  Tally tally;
  const bool nothing_to_do = scenario_.may_be_undone && !scenario_.fails;  // redo, then `up`
  if (!scenario_.may_be_visited || !scenario_.stops.empty() || nothing_to_do) return tally;
  for (std::int64_t i = 0; i < settings_.crowds; ++i) {
    std::string kills;
    const std::string wrong = crowd(&kills);
    ++tally.points;
    ++(wrong.empty() ? tally.equal : tally.failed);
    if (!wrong.empty() && ++shown_ <= kShownFailures) {
      std::printf("FAILED: --stage %s --scenario %s --crowds, round %lld of seed %u:%s\n%s\n",
                  stage_.name().c_str(), scenario_.name.c_str(), static_cast<long long>(i),
                  settings_.seed, kills.c_str(), wrong.c_str());
    }
  }
  return tally;
}

// Nothing goes wrong when somebody else works on the database meanwhile; and a run that has begun
// to work goes on when it loses its connection to a server, whatever the reason.
bool Campaign::must_survive(const Disturbance& disturbance) const {
  if (scenario_.fails || !scenario_.stops.empty()) return false;
  const bool begun = stage_.network() != nullptr && progress_->begun && !progress_->called;
  if (disturbance.cut.point > 0) return begun;
  if (disturbance.calls.size() != 1) return false;
  switch (disturbance.calls[0].action) {
    case Action::visit:
      return true;
    case Action::lose_request:
    case Action::lose_reply:
    case Action::terminate:
    case Action::terminate_amid:
    case Action::crash:
    case Action::crash_amid:
    case Action::restart:
      return begun;
    case Action::kill:
    case Action::kill_amid:
    case Action::fail:
      return false;
  }
  return false;
}

Tally Campaign::one(const Disturbance& first, const Disturbance& second) {
  Tally tally;
  tally.points = 1;
  if (settings_.count) return tally;
  reset();
  *progress_ = {};
  bool survived = false;
  bool stopped = false;
  std::string wrong = disturb(first, scenario_.operation, false, &survived);
  if (wrong.empty() && !second.calls.empty()) {
    bool ignored = false;
    stage_.expire_leases(0);
    wrong = disturb(second, scenario_.recovery, true, &ignored);
  }
  if (wrong.empty() && !survived && must_survive(first)) {
    wrong = "  the run itself failed, and should have gone on: " + failure_;
  }
  stage_.expire_leases(0);
  if (wrong.empty()) wrong = recover(first.by_goose, &stopped);
  tally.survived = survived ? 1 : 0;
  if (wrong.empty() && !progress_->reached) return {0, 0, 0, 0, 0, 1};
  if (!wrong.empty()) {
    tally.failed = 1;
    if (++shown_ <= kShownFailures) {
      std::printf("FAILED: --stage %s --scenario %s%s%s%s\n%s\n", stage_.name().c_str(),
                  scenario_.name.c_str(), first.text().c_str(), second.calls.empty() ? "" : " then",
                  second.text().c_str(), wrong.c_str());
    }
  } else if (stopped) {
    tally.stopped = 1;
  } else {
    tally.equal = 1;
  }
  return tally;
}

std::string Campaign::recover(bool by_goose, bool* stopped) {
  if (scenario_.looks_first) stage_.rest();
  try {
    MigrationRunner runner = scenario_.runner(stage_.driver(), true, stage_.retry_limit());
    scenario_.recovery(runner);
  } catch (const Error& error) {
    if (!contains(scenario_.stops, error.code())) {
      return std::string("  the next run failed: ") + error.what();
    }
    *stopped = true;
  }
  if (*stopped) {
    try {
      MigrationRunner runner = scenario_.runner(stage_.driver(), false, stage_.retry_limit());
      scenario_.settle(runner, stage_);
    } catch (const Error& error) {
      return std::string("  the documented stop could not be settled: ") + error.what();
    }
  }
  return check(by_goose);
}

std::string Campaign::check(bool by_goose) {
  const std::string leftovers = stage_.leftovers();
  if (!leftovers.empty()) return "  left behind: " + leftovers;
  Picture now = stage_.picture();
  std::vector<Picture> right = right_;
  for (Picture& picture : right) {
    // goose writes no history; a settled doubt adds a line to it.
    if (by_goose || scenario_.settle) picture.history = now.history;
  }
  if (std::find(right.begin(), right.end(), now) == right.end()) {
    return now.difference(right.front());
  }
  const std::string before = stage_.imprint();
  try {
    MigrationRunner runner = scenario_.runner(stage_.driver(), true, stage_.retry_limit());
    scenario_.recovery(runner);
    // Nobody has changed anything beside the migrations: what is recorded is true, or stale.
    for (const DriftedObject& object : runner.status().drift.objects) {
      return "  drift that is none: " + object.description();
    }
  } catch (const Error& error) {
    return std::string("  the third run failed: ") + error.what();
  }
  if (stage_.imprint() != before) return "  the third run wrote to the database";
  return "";
}

}  // namespace gander::crash
