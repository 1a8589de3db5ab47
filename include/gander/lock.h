// SPDX-License-Identifier: MIT
// LockHolder and LockStatus: who keeps runs waiting, as MigrationRunner::lock_status() finds it.
// Plain values, safe to copy and keep.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gander/export.h"
#include "gander/time.h"

namespace gander {

// Somebody who keeps runs waiting. Empty strings and zeros mean "not known".
struct LockHolder {
  // The names (lock_kind_name) are printed by `lock status --json`: never rename.
  enum class Kind {
    session,  // PostgreSQL, MySQL: a session with an advisory or named lock, which ends with it
    lease,    // a row of goose_lock, taken through a pooler or by a goose Provider; it runs out
    file,     // SQLite: a process with a lock on the file
  };
  Kind kind = Kind::session;
  std::int64_t pid = 0;            // session: the server's number of it; file: of the process
  std::string name;                // application, user and address; who took the lease; the program
  std::optional<Time> since = {};  // session: when it began; lease: when it was taken
  std::optional<Time> renewed_at = {};  // lease: its last sign of life
  std::optional<Time> expires_at = {};  // lease
  bool expired = false;                 // lease: it has run out, so the next run takes it over

  // "pid 4711 (deploy-7, app, since 2026-01-31 12:00:00 UTC)".
  [[nodiscard]] GANDER_EXPORT std::string description() const;
};

[[nodiscard]] GANDER_EXPORT const char* lock_kind_name(LockHolder::Kind kind) noexcept;

struct LockStatus {
  std::string name;                 // of the lock: schema and version table, or the file
  std::vector<LockHolder> holders;  // expired leases included

  // Would a run have to wait?
  [[nodiscard]] GANDER_EXPORT bool held() const noexcept;
};

}  // namespace gander

#endif
