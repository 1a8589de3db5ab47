// SPDX-License-Identifier: MIT
// Network: the way from a session to its database, which the simulation breaks and the engine of
// engine.cc does not.
#pragma once

#include <deque>
#include <string>

#include "tests/fake/database.h"

namespace gander::driver::fake {

struct Request {
  enum class Kind { begin, commit, rollback, run, nothing };
  Kind kind = Kind::nothing;
  std::string sql;
};

// False: it has to wait for another session, and nothing was done. Throws what the database
// answers.
bool perform(Database& database, SessionId session, const Request& request, Rows* rows);

// How a simulated process ends when it is killed: not a std::exception, so that nothing under test
// handles it.
struct Killed {};

class Network {
 public:
  virtual ~Network() = default;
  virtual Database& target() = 0;
  virtual SessionId connect() = 0;
  // Carries out all requests; the rows of the last. Throws Error(connection) when the session is
  // lost, Error(locked) when waiting does not help, Killed, or what the database answers.
  virtual Rows carry_out(SessionId session, std::deque<Request> requests) = 0;
  // Is somebody there who may use it? (False for a session that the server does not yet know to be
  // without its client.)
  virtual bool has_client(SessionId session) const = 0;
  // The client is done with it, or has lost it.
  virtual void close(SessionId session) noexcept = 0;
  // Lets others go first.
  virtual void pause() {}
};

}  // namespace gander::driver::fake
