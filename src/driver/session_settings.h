// SPDX-License-Identifier: MIT
// SessionSettings: what migrations rely on in a session, and what they may leave behind in it.
#pragma once

namespace gander::driver {

class SessionSettings {
 public:
  // Called once before the first migration of an operation and after its last: session settings
  // that migrations rely on, and their restoration.
  virtual void enter() = 0;
  virtual void leave() noexcept = 0;
  // Called between two migrations where each is to find the session as the first one did: undoes
  // what the last one did to it (SET, PRAGMA, temporary tables). leave() does so in any case.
  virtual void reset_session() = 0;

  // Called before Gander reads its own tables, and in a transaction before it writes into them: to
  // the end of the transaction the session has the user, role, encoding and time zone again that it
  // was opened with, whatever migrations have SET.
  virtual void act_as_itself() {}

 protected:
  ~SessionSettings() = default;
};

}  // namespace gander::driver
