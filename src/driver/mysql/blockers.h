// SPDX-License-Identifier: MIT
// BlockerWatch: finds out, from a connection of its own, which sessions a statement waits for.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "src/driver/driver.h"

namespace gander::driver::mysql {

class Connection;

class BlockerWatch {
 public:
  // The connection, whose session is watched, must outlive the watch.
  explicit BlockerWatch(Connection& watched);
  ~BlockerWatch();

  // Called while a statement has been running for `waited`. Connects when first called, and tells
  // SessionOptions::waiting when the statement waits for a lock. Throws only what that throws.
  void look(std::chrono::milliseconds waited);

  // Who was last seen to block the session since forget(): "session 4711 (app@localhost, sleep for
  // 12 s)"; empty when nobody was.
  const std::string& blockers() const { return blockers_; }
  void forget() { blockers_.clear(); }

 private:
  // Who blocks the session; sets what_.
  std::string ask();
  std::string ask(const std::string& sql);
  std::string tables_of(const std::string& id);

  Connection& watched_;
  std::unique_ptr<Connection> other_;
  bool failed_ = false;
  std::string blockers_;
  WaitingFor what_ = WaitingFor::table;
};

// SQL expressions that describe a row of information_schema.processlist named `p`, or of
// performance_schema.threads named `t`, to people.
extern const char* const kProcessDescription;
extern const char* const kThreadDescription;

}  // namespace gander::driver::mysql
