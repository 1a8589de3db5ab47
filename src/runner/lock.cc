// SPDX-License-Identifier: MIT
// The lock of other runs: who holds it, and taking it from them.
#include <chrono>
#include <thread>

#include "src/base/backoff.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"

namespace gander {
namespace {

// How long an ended session may take to give its locks back.
constexpr std::chrono::seconds kLimit{10};

}  // namespace

LockStatus MigrationRunner::Impl::lock_status() {
  const Scope scope(*this);
  LockStatus status;
  status.name = target_.driver().file_path();
  if (!target_.driver().exists()) return status;
  const store::Names& names = database().store().names();
  if (status.name.empty()) {
    status.name = names.version_table.schema.empty() ? names.version_table.table : names.lock_key;
  }
  if (driver::Locks* locks = database().connection().locks()) {
    status.holders = locks->lock_holders(names.lock_key);
  }
  return status;
}

LockStatus MigrationRunner::Impl::release_lock(bool terminate) {
  LockStatus released = lock_status();
  const Scope scope(*this);
  const auto in_use = [](const LockHolder& holder) { return !holder.expired; };
  for (const LockHolder& holder : released.holders) {
    // Refused whatever was asked for.
    if (holder.kind == LockHolder::Kind::file)
      database().connection().locks()->release_lock("", holder);
    if (terminate || !in_use(holder)) continue;
    ErrorDetails details;
    details.code = ErrorCode::locked;
    details.message = "the lock is in use: " + holder.description();
    details.hint = "wait for it, or take the lock away with `MigrationRunner::release_lock(true)`";
    throw Error(std::move(details));
  }
  if (released.holders.empty()) return released;
  driver::Locks& locks = *database().connection().locks();
  const std::string key = database().store().names().lock_key;
  for (const LockHolder& holder : released.holders) locks.release_lock(key, holder);
  Backoff backoff(std::chrono::milliseconds(10), std::chrono::milliseconds(250));
  const auto limit = std::chrono::steady_clock::now() + kLimit;
  for (;;) {
    bool left = false;
    for (const LockHolder& now : locks.lock_holders(key)) {
      for (const LockHolder& before : released.holders) {
        // Somebody else may have taken the lock in this very moment.
        left = left || (now.kind == before.kind && now.pid == before.pid &&
                        now.name == before.name && now.since == before.since);
      }
    }
    if (!left) return released;
    if (std::chrono::steady_clock::now() > limit) {
      throw Error(ErrorCode::locked, "the lock's holder was told to end and has not yet",
                  "look at it again with `MigrationRunner::lock_status()`");
    }
    cancel_.throw_if_stopped();
    std::this_thread::sleep_for(backoff.next());
  }
}

}  // namespace gander
