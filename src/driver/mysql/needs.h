// SPDX-License-Identifier: MIT
// Needs: what the pending statements ask of a server, for `gander doctor`.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/driver/mysql/effect.h"
#include "src/sql/statement.h"

namespace gander::driver::mysql {

// Where it is needed first: "00001_a.sql:3".
using Places = std::map<std::string, std::string>;

class Needs {
 public:
  struct Pending {
    std::string place;
    Effect effect;
    bool opaque = false;  // code that may do anything
    std::size_t size = 0;
    bool view = false;           // what it touches as a table is one
    std::string temporary = {};  // the table that it makes for the session alone
  };

  // The next unit of a migration, see DoctorRequest::each_pending.
  void add(const std::string& file, const sql::Statement& unit);

  const std::vector<Pending>& pending() const { return pending_; }
  // (privilege, database): the database is empty for the session's.
  const std::map<std::pair<std::string, std::string>, std::string>& privileges() const {
    return privileges_;
  }
  // CREATE TABLE that names no primary key.
  const std::vector<std::string>& without_key() const { return without_key_; }
  // CREATE FUNCTION that does not say that it is safe for a binary log.
  const std::vector<std::string>& unsafe_functions() const { return unsafe_functions_; }
  // The first CREATE FUNCTION or CREATE TRIGGER; empty if there is none.
  const std::string& first_program() const { return first_program_; }

 private:
  void add_statement(const std::string& place, std::string_view sql);
  void need(const std::string& privilege, const std::string& database, const std::string& place);
  void note_privileges(const Pending& pending, std::string_view sql);
  void note_policies(const Pending& pending, std::string_view sql);

  std::vector<Pending> pending_;
  std::map<std::pair<std::string, std::string>, std::string> privileges_;
  std::vector<std::string> without_key_;
  std::vector<std::string> unsafe_functions_;
  std::string first_program_;
};

}  // namespace gander::driver::mysql
