// SPDX-License-Identifier: MIT
#include "gander/rehearsal.h"

#include <utility>

namespace gander {

const char* rehearsal_copy_name(RehearsalCopy copy) noexcept {
  switch (copy) {
    case RehearsalCopy::schema:
      return "schema";
    case RehearsalCopy::rows:
      return "rows";
    case RehearsalCopy::given:
      return "given";
  }
  return "unknown";
}

const char* lock_stops_name(LockStops stops) noexcept {
  switch (stops) {
    case LockStops::nobody:
      return "nobody";
    case LockStops::changes:
      return "changes";
    case LockStops::writers:
      return "writers";
    case LockStops::everybody:
      return "everybody";
  }
  return "unknown";
}

const RehearsedLock* Rehearsal::strongest() const noexcept {
  const RehearsedLock* found = nullptr;
  for (const RehearsedMigration& migration : migrations) {
    for (const RehearsedStatement& statement : migration.statements) {
      for (const RehearsedLock& lock : statement.locks) {
        if (lock.original.empty()) continue;
        if (found == nullptr ||
            std::pair(found->stops, found->held) < std::pair(lock.stops, lock.held)) {
          found = &lock;
        }
      }
    }
  }
  return found;
}

}  // namespace gander
