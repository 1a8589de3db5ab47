// SPDX-License-Identifier: MIT
// The processes of a campaign: the runs that are disturbed, and what is done to them.
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/crash/campaign.h"

namespace gander::crash {
namespace {

// Exit codes of the child: 0, kError + the error's code, or one of these.
constexpr int kError = 100;
constexpr int kForeignException = 90;
constexpr int kVisitorFailed = 91;

// A run that has not ended then never will.
constexpr int kHung = 5 * 60 * 1000;
constexpr int kGlance = 100;  // how often to look after it

std::string up_section(const std::string& text) {
  const std::string mark = "-- +goose Up\n";
  const std::size_t from = text.find(mark) + mark.size();
  return text.substr(from, text.find("-- +goose Down") - from);
}

bool was_killed(int status) {
  return WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGALRM);
}

}  // namespace

// Only `recovery` may be run by several: it is what may be repeated.
std::string Campaign::crowd(std::string* kills) {
  constexpr std::chrono::minutes kWait{2};
  reset();
  std::fflush(stdout);
  std::vector<pid_t> children;
  const auto runners = 2 + random_() % 7;
  for (std::uint32_t i = 0; i < runners; ++i) {
    Disturbance disturbance;
    if (random_() % 2 == 0) {
      const auto point = 1 + static_cast<std::int64_t>(random_()) % (calls_ + calls_ / 4);
      const Action action = random_() % 2 == 0 ? Action::kill : Action::kill_amid;
      disturbance.calls = {Fault{point, action}};
    }
    *kills += disturbance.text();
    const auto start = static_cast<useconds_t>(random_() % 3000);
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child == 0) {
      ::usleep(start);
      run_in_child(disturbance, scenario_.recovery, true, kWait, -1);
    }
    children.push_back(child);
  }
  std::string wrong;
  std::vector<pid_t> dead;
  while (dead.size() < children.size()) {
    int status = 0;
    const pid_t child = ::waitpid(-1, &status, WNOHANG);
    if (child < 0) throw std::runtime_error("cannot wait");
    if (child == 0) {
      ::usleep(2000);
      for (const pid_t one : dead) stage_.expire_leases(one);
      continue;
    }
    if (std::find(children.begin(), children.end(), child) == children.end()) continue;
    dead.push_back(child);
    if (!was_killed(status) && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
      wrong = "  a run that was not killed ended with wait status " + std::to_string(status);
    }
  }
  stage_.expire_leases(0);
  bool stopped = false;
  return wrong.empty() ? recover(false, &stopped) : wrong;
}

std::string Campaign::disturb(const Disturbance& disturbance, const Operate& operate, bool mend,
                              bool* survived) {
  std::fflush(stdout);
  const bool cut = disturbance.cut.point > 0;
  if (cut) stage_.network()->start(disturbance.cut);
  int helpline[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, helpline) != 0) {
    throw std::runtime_error("cannot make a socket pair");
  }
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) {
    ::close(helpline[0]);
    run_in_child(disturbance, operate, mend, stage_.retry_limit(), helpline[1]);
  }
  ::close(helpline[1]);
  const bool ended = attend(disturbance, child, helpline[0]);
  ::close(helpline[0]);
  int status = 0;
  if (::waitpid(child, &status, 0) != child) throw std::runtime_error("cannot wait");
  if (cut) {
    progress_->reached |= stage_.network()->has_cut();
    stage_.network()->stop();
  }
  stage_.settle();
  *survived = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  failure_ = "wait status " + std::to_string(status);
  if (!ended) return "  the run did not end";
  if (was_killed(status)) return "";
  if (WIFSIGNALED(status)) return "  the run died of signal " + std::to_string(WTERMSIG(status));
  const int code = WEXITSTATUS(status);
  if (code == kVisitorFailed) return "  the second run failed beside the first";
  if (code == kForeignException) return "  the run threw something that is no gander::Error";
  if (code == kError + static_cast<int>(ErrorCode::internal)) return "  the run failed internally";
  return "";
}

bool Campaign::attend(const Disturbance& disturbance, pid_t child, int helpline) {
  const bool visited =
      !disturbance.calls.empty() && disturbance.calls.front().action == Action::visit;
  for (int waited = 0;;) {
    pollfd watched = {helpline, POLLIN, 0};
    if (::poll(&watched, 1, kGlance) == 0) {
      waited += kGlance;
      // What the run waits for is the lease of the session that it has lost.
      if (!visited) stage_.expire_leases(child);
      if (waited < kHung) continue;
      ::kill(child, SIGKILL);
      return false;
    }
    char byte = 0;
    if (::read(helpline, &byte, 1) != 1) return true;
    stage_.restart();
    if (::write(helpline, &byte, 1) != 1) return true;
  }
}

void Campaign::run_in_child(const Disturbance& disturbance, const Operate& operate, bool mend,
                            std::chrono::milliseconds wait, int helpline) {
  FaultLine line(disturbance.calls);
  line.defect = settings_.defect;
  line.trace(settings_.trace);
  line.amid = moment_of(disturbance);
  line.reached = [this] { progress_->reached = true; };
  line.visitor = [&] { visit(disturbance.by_goose); };
  line.saboteur = [&](Action action) { sabotage(action, line.amid, helpline); };
  const bool files = disturbance.file.point > 0;
  if (files) {
    progress_->reached = true;  // the files of an undisturbed run were counted
    arm_fault_vfs(disturbance.file, settings_.lying_sync);
  }
  try {
    const bool exposed = files || disturbance.cut.point > 0;
    MigrationRunner runner =
        scenario_.runner(with_faults(stage_.driver(exposed), &line), mend, wait);
    operate(runner);
  } catch (const Error& error) {
    progress_->begun = line.begun();
    progress_->called = line.lent();
    if (settings_.trace) std::fprintf(stderr, "%s\n", error.what());
    ::_exit(kError + static_cast<int>(error.code()));
  } catch (...) {
    ::_exit(kForeignException);
  }
  ::_exit(0);
}

// How long after the beginning of its call something happens "amid" it.
std::chrono::microseconds Campaign::moment_of(const Disturbance& disturbance) const {
  constexpr std::uint32_t kLongest = 2000;
  std::uint32_t seed = settings_.seed;
  for (const Fault& fault : disturbance.calls) {
    seed = seed * 7919 + static_cast<std::uint32_t>(fault.point);
  }
  std::minstd_rand random(seed);
  random.discard(3);
  return std::chrono::microseconds(random() % kLongest);
}

void Campaign::sabotage(Action action, std::chrono::microseconds amid, int helpline) {
  const std::vector<pid_t> sessions =
      action == Action::restart ? std::vector<pid_t>() : stage_.sessions();
  const auto strike = [&] {
    if (action == Action::terminate || action == Action::terminate_amid) {
      stage_.terminate(sessions);
    } else if (action == Action::restart || !stage_.crash(sessions)) {
      char byte = 0;
      if (::write(helpline, &byte, 1) != 1 || ::read(helpline, &byte, 1) != 1)
        ::_exit(kVisitorFailed);
    }
  };
  if (action != Action::terminate_amid && action != Action::crash_amid) {
    strike();
    return;
  }
  // The helper holds the helpline open, so that the parent waits for it as well.
  const pid_t helper = ::fork();
  if (helper != 0) return;
  ::usleep(static_cast<useconds_t>(amid.count()));
  strike();
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
    const bool expected = error.code() == ErrorCode::locked ||
                          std::find(scenario_.stops.begin(), scenario_.stops.end(), error.code()) !=
                              scenario_.stops.end();
    if (expected) return;
    if (settings_.trace) std::fprintf(stderr, "visitor: %s\n", error.what());
    ::_exit(kVisitorFailed);
  }
}

// goose's `up` by its own statements: a transaction a migration, the version row in it.
void Campaign::goose_up() {
  try {
    if (stage_.versions().empty()) {
      stage_.run_sql("BEGIN;" + stage_.goose_table() + stage_.goose_row(0) + "COMMIT;");
    }
    for (const MemoryFile& file : scenario_.files) {
      const std::int64_t version = std::stoll(file.name);
      if (stage_.versions().find("\n" + std::to_string(version) + "|") != std::string::npos) {
        continue;
      }
      stage_.run_sql("BEGIN;" + up_section(file.text) + stage_.goose_row(version) + "COMMIT;");
    }
  } catch (const std::runtime_error&) {
    // The first run holds the database: goose gives up.
  }
}

}  // namespace gander::crash
