// SPDX-License-Identifier: MIT
#include "cli/signals.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

namespace gander::cli {
namespace {

// A handler can reach nothing but globals; both are lock-free.
std::atomic<MigrationRunner*> g_runner{nullptr};
std::atomic<int> g_signal{0};
static_assert(std::atomic<MigrationRunner*>::is_always_lock_free);
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void on_signal(int signal) {
  constexpr int kSignalBase = 128;
  int none = 0;
  if (!g_signal.compare_exchange_strong(none, signal)) _exit(kSignalBase + signal);
  if (MigrationRunner* runner = g_runner.load()) runner->cancel();
}

void install(void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  for (int signal : {SIGINT, SIGTERM}) {
    struct sigaction before{};
    // Ignored by who started us (nohup, a background job): stays ignored.
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    // Without SA_RESTART: a wait for a lock or the network ends at once.
    ::sigaction(signal, &action, nullptr);
  }
}

}  // namespace

SignalScope::SignalScope(MigrationRunner& runner) {
  g_runner.store(&runner);
  install(on_signal);
}

SignalScope::~SignalScope() {
  install(SIG_DFL);
  g_runner.store(nullptr);
}

int received_signal() noexcept { return g_signal.load(); }

}  // namespace gander::cli
