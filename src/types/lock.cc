// SPDX-License-Identifier: MIT
// LockHolder in words; the names of its kinds, as `--json` prints them.
#include "gander/lock.h"

#include <algorithm>

#include "src/types/time.h"

namespace gander {

const char* lock_kind_name(LockHolder::Kind kind) noexcept {
  switch (kind) {
    case LockHolder::Kind::session:
      return "session";
    case LockHolder::Kind::lease:
      return "lease";
    case LockHolder::Kind::file:
      return "file";
  }
  return "unknown";
}

std::string LockHolder::description() const {
  std::string inner = kind == Kind::lease ? "lease" : name;
  if (since) inner += (inner.empty() ? "since " : ", since ") + time_text(*since) + " UTC";
  if (expired && expires_at) inner += ", expired " + time_text(*expires_at) + " UTC";
  const std::string who = kind == Kind::lease ? name
                          : pid == 0          ? "another process"
                                              : "pid " + std::to_string(pid);
  return inner.empty() ? who : who + " (" + inner + ")";
}

bool LockStatus::held() const noexcept {
  return std::ranges::any_of(holders, [](const LockHolder& holder) { return !holder.expired; });
}

}  // namespace gander
