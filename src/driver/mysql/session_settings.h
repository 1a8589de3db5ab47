// SPDX-License-Identifier: MIT
// KeptSettings: what migrations may SET in a session, and how Gander's own records are written
// nevertheless as if they had not.
//
// What one file sets holds in the next ones of its run, as with goose, unless each is to be
// isolated. A reset makes the variables again that are listed here, goes back to the database, and
// throws away temporary tables, prepared statements and user variables that it has seen to come:
// COM_RESET_CONNECTION would give the run lock away. What a stored program has left of the last
// three stays.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/session_settings.h"
#include "src/sql/statement.h"

namespace gander::driver::mysql {

class Connection;

class KeptSettings final : public SessionSettings {
 public:
  // The connection outlives the settings.
  explicit KeptSettings(Connection& connection) : connection_(connection) {}

  // Options::schema and Options::role, in a session that has just been opened. Throws Error(usage)
  // where the server refuses them.
  void open();

  void enter() override;
  void leave() noexcept override;
  void reset_session() override;
  void act_as_itself() override;

  // Before a statement of a migration is sent: gives the session back what migrations have set.
  void act_as_migration();
  // After it: what it may have changed.
  void note(std::string_view statement);
  // Anything may have been changed (a function migration).
  void note_all() { touched_ = unread_ = true; }

 private:
  using Variables = std::map<std::string, std::string>;  // as SQL

  Variables variables();
  std::vector<std::string> identity();
  void set_identity(const std::vector<std::string>& from, const std::vector<std::string>& to);
  std::string role_sql(const std::string& role) const;
  void learn();
  void read_migrations();
  void prepare();
  void make_again();
  void drop_what_came();
  void try_to(const std::string& sql);

  Connection& connection_;
  // Is the session somebody else's?
  bool borrowed() const;

  bool learned_ = false;
  std::vector<std::string> own_;  // identity() of the session when it was opened

  bool entered_ = false;
  Variables found_;       // when entered
  std::string database_;  // the session's when entered, quoted
  std::string role_;

  bool touched_ = false;  // a migration may have changed settings since then
  bool unread_ = true;    // and since theirs_ was read
  bool itself_ = false;   // act_as_itself() has changed the identity
  std::vector<std::string> theirs_;

  std::set<std::string> temporary_;  // as written
  std::set<std::string> prepared_;
  std::set<std::string> user_variables_;
};

}  // namespace gander::driver::mysql
