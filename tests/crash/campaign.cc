// SPDX-License-Identifier: MIT
#include "tests/crash/campaign.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace gander::crash {
namespace {

constexpr int kShownFailures = 3;  // a scenario; the rest is counted

// Exit codes of the child: 0, kError + the error's code, or one of these.
constexpr int kError = 100;
constexpr int kForeignException = 90;
constexpr int kVisitorFailed = 91;

// The version table and rows as goose makes them.
constexpr const char* kGooseTable =
    "CREATE TABLE goose_db_version (\n\t\tid INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "\t\tversion_id INTEGER NOT NULL,\n\t\tis_applied INTEGER NOT NULL,\n"
    "\t\ttstamp TIMESTAMP DEFAULT (datetime('now'))\n\t);";

std::string goose_row(const std::string& version) {
  return "INSERT INTO goose_db_version (version_id, is_applied) VALUES (" + version + ", 1);";
}

std::string up_section(const std::string& text) {
  const std::string mark = "-- +goose Up\n";
  const std::size_t from = text.find(mark) + mark.size();
  return text.substr(from, text.find("-- +goose Down") - from);
}

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
  return *this;
}

std::string Disturbance::text() const {
  std::string text;
  for (const Fault& fault : calls) text += " --fault " + fault.text();
  if (file.point > 0) text += " --file-fault " + file.text();
  return text + (by_goose ? " --goose" : "");
}

Campaign::Campaign(Stage& stage, const Scenario& scenario, const Settings& settings)
    : stage_(stage), scenario_(scenario), settings_(settings), random_(settings.seed) {
  offered_ = static_cast<std::int64_t>(random_()) % settings_.every;
  stage_.clear();
  if (scenario_.prepare_stage) {
    // Opened once before, so that the file has the journal mode of this stage.
    stage_.driver()->connect({});
    scenario_.prepare_stage(stage_);
  }
  if (scenario_.prepare) {
    MigrationRunner runner = scenario_.runner(stage_.driver(), false);
    scenario_.prepare(runner);
  }
  stage_.keep();
  learn();
}

void Campaign::learn() {
  FaultLine line;
  line.defect = settings_.defect;
  line.trace(settings_.trace);
  stage_.reset();
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
    if (without_operation) stage_.reset();
    MigrationRunner runner = scenario_.runner(stage_.driver(), true);
    scenario_.recovery(runner);
    right_.push_back(stage_.picture());
  }
  stage_.reset();
  arm_fault_vfs({}, settings_.lying_sync);
  try {
    MigrationRunner runner = scenario_.runner(stage_.driver(true), false);
    scenario_.operation(runner);
  } catch (const Error&) {
    // The same failure as above.
  }
  file_operations_ = fault_vfs_operations();
}

// Evenly spread, from a random start.
bool Campaign::chosen() { return ++offered_ % settings_.every == 0; }

Tally Campaign::every_point(const std::string& action) {
  Tally tally;
  if (action.starts_with("file-")) {
    for (const FileFault& fault : file_faults(action.substr(5))) {
      Disturbance disturbance;
      disturbance.file = fault;
      if (chosen()) tally += one(disturbance);
    }
    return tally;
  }
  const bool by_goose = action == "visit-goose";
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

// Only `recovery` may be run by several: it is what may be repeated.
std::string Campaign::crowd(std::string* kills) {
  constexpr std::chrono::minutes kWait{2};
  stage_.reset();
  std::fflush(stdout);
  std::vector<pid_t> children;
  const auto runners = 2 + random_() % 7;
  for (std::uint32_t i = 0; i < runners; ++i) {
    Disturbance disturbance;
    if (random_() % 2 == 0) {
      const auto point = 1 + static_cast<std::int64_t>(random_()) % (calls_ + calls_ / 4);
      disturbance.calls = {Fault{point, Action::kill}};
    }
    *kills += disturbance.text();
    const auto start = static_cast<useconds_t>(random_() % 3000);
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child == 0) {
      ::usleep(start);
      run_in_child(disturbance, scenario_.recovery, true, kWait);
    }
    children.push_back(child);
  }
  std::string wrong;
  for (const pid_t child : children) {
    int status = 0;
    if (::waitpid(child, &status, 0) != child) throw std::runtime_error("cannot wait");
    const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!killed && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
      wrong = "  a run that was not killed ended with wait status " + std::to_string(status);
    }
  }
  bool stopped = false;
  return wrong.empty() ? recover(false, &stopped) : wrong;
}

// Nothing goes wrong when somebody else works on the database meanwhile.
bool Campaign::must_survive(const Disturbance& disturbance) const {
  return disturbance.calls.size() == 1 && disturbance.calls[0].action == Action::visit &&
         !scenario_.fails && scenario_.stops.empty();
}

Tally Campaign::one(const Disturbance& first, const Disturbance& second) {
  Tally tally;
  tally.points = 1;
  stage_.reset();
  bool survived = false;
  bool stopped = false;
  std::string wrong = disturb(first, scenario_.operation, false, &survived);
  if (wrong.empty() && !second.calls.empty()) {
    bool ignored = false;
    wrong = disturb(second, scenario_.recovery, true, &ignored);
  }
  if (wrong.empty() && !survived && must_survive(first)) {
    wrong = "  the run failed because another one had worked beside it";
  }
  if (wrong.empty()) wrong = recover(first.by_goose, &stopped);
  tally.survived = survived ? 1 : 0;
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

std::string Campaign::disturb(const Disturbance& disturbance, const Operate& operate, bool mend,
                              bool* survived) {
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) run_in_child(disturbance, operate, mend);
  int status = 0;
  if (::waitpid(child, &status, 0) != child) throw std::runtime_error("cannot wait");
  *survived = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return "";
  if (WIFSIGNALED(status)) return "the run died of signal " + std::to_string(WTERMSIG(status));
  const int code = WEXITSTATUS(status);
  if (code == kVisitorFailed) return "the second run failed beside the first";
  if (code == kForeignException) return "the run threw something that is no gander::Error";
  if (code == kError + static_cast<int>(ErrorCode::internal)) return "the run failed internally";
  return "";
}

void Campaign::run_in_child(const Disturbance& disturbance, const Operate& operate, bool mend,
                            std::chrono::milliseconds wait) {
  FaultLine line(disturbance.calls);
  line.defect = settings_.defect;
  line.trace(settings_.trace);
  line.visitor = [&] { visit(disturbance.by_goose); };
  const bool exposed = disturbance.file.point > 0;
  if (exposed) arm_fault_vfs(disturbance.file, settings_.lying_sync);
  try {
    MigrationRunner runner =
        scenario_.runner(with_faults(stage_.driver(exposed), &line), mend, wait);
    operate(runner);
  } catch (const Error& error) {
    if (settings_.trace) std::fprintf(stderr, "%s\n", error.what());
    ::_exit(kError + static_cast<int>(error.code()));
  } catch (...) {
    ::_exit(kForeignException);
  }
  ::_exit(0);
}

// A whole second run while the first stands still. When the first is inside a transaction, the
// second finds the database locked and gives up, which is right.
void Campaign::visit(bool by_goose) {
  if (by_goose) {
    goose_up();
    return;
  }
  try {
    MigrationRunner runner = scenario_.runner(stage_.driver(), true);
    scenario_.recovery(runner);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::locked || contains(scenario_.stops, error.code())) return;
    if (settings_.trace) std::fprintf(stderr, "visitor: %s\n", error.what());
    ::_exit(kVisitorFailed);
  }
}

// goose's `up` by its own statements: a transaction a migration, the version row in it.
void Campaign::goose_up() {
  try {
    if (stage_.picture().versions.empty()) {
      stage_.run_sql("BEGIN;" + std::string(kGooseTable) + goose_row("0") + "COMMIT;");
    }
    for (const MemoryFile& file : scenario_.files) {
      const std::string version = std::to_string(std::stoll(file.name));
      if (stage_.picture().versions.find("\n" + version + "|") != std::string::npos) continue;
      stage_.run_sql("BEGIN;" + up_section(file.text) + goose_row(version) + "COMMIT;");
    }
  } catch (const std::runtime_error&) {
    // The first run holds the database: goose gives up.
  }
}

std::string Campaign::recover(bool by_goose, bool* stopped) {
  try {
    MigrationRunner runner = scenario_.runner(stage_.driver(), true);
    scenario_.recovery(runner);
  } catch (const Error& error) {
    if (!contains(scenario_.stops, error.code())) {
      return std::string("  the next run failed: ") + error.what();
    }
    *stopped = true;
  }
  if (*stopped) {
    try {
      MigrationRunner runner = scenario_.runner(stage_.driver(), false);
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
    MigrationRunner runner = scenario_.runner(stage_.driver(), true);
    scenario_.recovery(runner);
  } catch (const Error& error) {
    return std::string("  the third run failed: ") + error.what();
  }
  if (stage_.imprint() != before) return "  the third run wrote to the database";
  return "";
}

}  // namespace gander::crash
