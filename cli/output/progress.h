// SPDX-License-Identifier: MIT
// Progress: draws a run as it happens. On an interactive terminal one live line at the bottom,
// drawn at most ten times a second and only for work that lasts; elsewhere a line now and then for
// a migration that takes long; everywhere a line for each migration that is finished. What lines
// look like is in live_line() and its like, which are pure.
//
// Of the server's messages warnings are shown; the others are counted, unless all were asked for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include "cli/output/console.h"
#include "gander/observer.h"

namespace gander::cli {

// One migration in progress.
struct LiveState {
  std::string name;
  Direction direction = Direction::up;
  std::int64_t version = 0;
  std::int64_t index = 0;
  std::int64_t total = 0;
  std::int64_t statement = 0;  // that runs now; 0: nobody knows which
  std::int64_t statements = 0;
  std::int64_t line = 0;
};

struct WaitState {
  WaitingFor what = WaitingFor::run;
  std::string holder;  // who holds it, or why
  std::chrono::milliseconds waited{0};
  std::chrono::milliseconds limit{0};
};

std::string live_line(const LiveState& state, std::chrono::milliseconds elapsed,
                      const Terminal& terminal);
std::string wait_line(const WaitState& state, bool unicode);
// Of a migration that takes long, where there is no live line.
std::string still_line(const LiveState& state, std::chrono::milliseconds elapsed, bool unicode);

// `name_width`: at least this many columns for the name.
std::string migration_line(const MigrationResult& result, int name_width, const Terminal& terminal);

class Progress final : public Observer {
 public:
  explicit Progress(Console& console);  // borrowed
  ~Progress() override;

  void lock_waiting(const LockWaiting& event) override;
  void migration_started(const MigrationStarted& event) override;
  void statement_started(const StatementStarted& event) override;
  void statement_finished(const StatementFinished& event) override;
  void migration_finished(const MigrationResult& result) override;
  void message(const Message& event) override;

 private:
  using Clock = std::chrono::steady_clock;

  void start_drawing();
  void draw_until_stopped();
  void draw();
  void mention();
  bool waiting() const { return Clock::now() < waiting_until_; }
  void became_current();
  void verbose_statement(const StatementStarted& event);

  Console& console_;
  const bool live_;
  int name_width_ = 24;
  std::chrono::milliseconds next_wait_line_{1000};
  std::string verbose_line_;
  std::set<std::string> notices_;
  std::int64_t unshown_ = 0;

  std::mutex mutex_;  // guards what follows
  // Migrations that were begun and are not finished: the first of them is what runs. (Several may
  // have been handed to a server.)
  std::deque<LiveState> running_;
  Clock::time_point since_;  // the first of them runs
  std::chrono::milliseconds next_mention_{0};
  WaitState wait_;
  Clock::time_point waiting_until_;  // a wait that is not heard of again is over then
  bool stop_ = false;
  std::condition_variable wake_;
  std::thread drawer_;
};

}  // namespace gander::cli
