// SPDX-License-Identifier: MIT
// BlockerWatch: finds out, from a connection of its own, which sessions a statement waits for.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "src/driver/driver.h"
#include "src/driver/postgres/conninfo.h"
#include "src/driver/postgres/wire.h"

namespace gander::driver::postgres {

class BlockerWatch {
 public:
  // `pid`: the session that is watched. `limit`: its lock_timeout, zero if there is none. The
  // references must outlive the watch.
  BlockerWatch(const Settings& settings, const SessionOptions& options, std::string pid,
               std::chrono::milliseconds limit);

  // Called while a statement has been running for `waited`. Connects when first called, and tells
  // SessionOptions::waiting when the statement waits for a lock. Throws only what that throws.
  void look(std::chrono::milliseconds waited);

  // Who was last seen to block the session since forget(): "pid 4711 (psql, alice, idle in
  // transaction since ...)"; empty when nobody was.
  const std::string& blockers() const { return blockers_; }
  void forget() { blockers_.clear(); }

 private:
  // Who blocks the session; sets what_.
  std::string ask();

  const Settings& settings_;
  const SessionOptions& options_;
  std::string pid_;
  std::chrono::milliseconds limit_;
  std::unique_ptr<Wire> wire_;
  bool failed_ = false;
  std::string blockers_;
  WaitingFor what_ = WaitingFor::table;
};

// An SQL expression that describes a row of pg_stat_activity named `a` to people.
extern const char* const kSessionDescription;

}  // namespace gander::driver::postgres
