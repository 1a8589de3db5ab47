// SPDX-License-Identifier: MIT
// Progress: draws a run as it happens. On an interactive terminal one live line at the bottom,
// drawn at most ten times a second and only for work that lasts; everywhere a line for each
// migration that is finished. What lines look like is in live_line() and migration_line(), which
// are pure.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "cli/output/console.h"
#include "gander/observer.h"

namespace gander::cli {

struct LiveState {
  bool running = false;  // a migration is in progress
  bool waiting = false;  // for a lock
  std::string name;      // of the migration, or who holds the lock
  Direction direction = Direction::up;
  std::int64_t index = 0;
  std::int64_t total = 0;
  std::int64_t statement = 0;
  std::int64_t statements = 0;
  std::int64_t bytes_done = 0;
  std::int64_t bytes_total = 0;
  std::chrono::milliseconds limit{0};  // of the wait
};

std::string live_line(const LiveState& state, std::chrono::milliseconds elapsed,
                      const Terminal& terminal);

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
  void verbose_statement(const StatementStarted& event);

  Console& console_;
  const bool live_;
  int name_width_ = 24;
  std::chrono::milliseconds next_wait_line_{1000};
  std::string verbose_line_;

  std::mutex mutex_;  // guards state_, since_, stop_
  LiveState state_;
  Clock::time_point since_;
  bool stop_ = false;
  std::condition_variable wake_;
  std::thread drawer_;
};

}  // namespace gander::cli
