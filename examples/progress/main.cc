// SPDX-License-Identifier: MIT
// Shows a long run while it goes on, stops it cleanly on Ctrl-C, and tells a failure from a lock.
//
//   progress DATABASE-URL DIRECTORY
#include <gander/gander.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>

namespace {

// The library prints nothing and sets no signal handler; both are the program's choice.
std::atomic<gander::MigrationRunner*> running{nullptr};

extern "C" void stop(int) {
  if (gander::MigrationRunner* runner = running.load()) runner->cancel();
}

// While it lives, Ctrl-C stops the runner.
struct Interruptible {
  explicit Interruptible(gander::MigrationRunner* runner) {
    running = runner;
    std::signal(SIGINT, stop);
  }
  ~Interruptible() { running = nullptr; }
};

class Progress : public gander::Observer {
  using Clock = std::chrono::steady_clock;

  void lock_waiting(const gander::LockWaiting& event) override {
    std::fprintf(stderr, "waiting for %.*s\n", static_cast<int>(event.holder.size()),
                 event.holder.data());
  }

  void migration_started(const gander::MigrationStarted& event) override {
    std::printf("[%lld/%lld] %.*s: %lld statements\n", static_cast<long long>(event.index),
                static_cast<long long>(event.total), static_cast<int>(event.name.size()),
                event.name.data(), static_cast<long long>(event.statements));
  }

  // Called for each statement, so it does as little as it can.
  void statement_started(const gander::StatementStarted& event) override {
    const Clock::time_point now = Clock::now();
    if (now - shown_ < std::chrono::milliseconds(200)) return;
    shown_ = now;
    std::printf("  statement %lld, line %lld, %lld %% of the file\n",
                static_cast<long long>(event.number), static_cast<long long>(event.line),
                static_cast<long long>(
                    event.bytes_total == 0 ? 100 : event.bytes_done * 100 / event.bytes_total));
  }

  void message(const gander::Message& event) override {
    std::fprintf(stderr, "%s: %.*s\n",
                 event.kind == gander::Message::Kind::warning ? "warning" : "note",
                 static_cast<int>(event.text.size()), event.text.data());
  }

  Clock::time_point shown_ = Clock::now();
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: progress DATABASE-URL DIRECTORY\n");
    return 2;
  }
  try {
    Progress progress;
    gander::MigrationRunner runner(gander::open(argv[1]), gander::directory(argv[2]),
                                   {.observer = &progress});
    const Interruptible interruptible(&runner);
    const gander::Report report = runner.up();
    std::printf("done: version %lld, %zu migrations applied\n",
                static_cast<long long>(report.version), report.migrations.size());
    return 0;
  } catch (const gander::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    if (const gander::Report* report = error.report()) {
      std::fprintf(stderr, "%zu migrations were applied before; the database is at version %lld\n",
                   report->migrations.size(), static_cast<long long>(report->version));
    }
    // An init script can try again later, and must not after anything else.
    return error.code() == gander::ErrorCode::locked ? 75 : 1;
  }
}
