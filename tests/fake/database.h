// SPDX-License-Identifier: MIT
// Database: a small database in memory with sessions, transactions, locks and crashes, for the fake
// engine and the simulation. It understands the statements that the store and the journal send and
// a handful that simulated migrations use, nothing else; an unknown statement is a
// std::logic_error.
//
// What it models: a write transaction is exclusive, other sessions read what is committed; a
// session that lost its client finishes the request that it has received, whenever the scheduler
// lets it, and keeps its locks until then (PostgreSQL), or ends at once (SQLite).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/driver.h"

namespace gander::driver::fake {

struct Record {
  std::vector<std::pair<std::string, Value>> cells;
  const Value& at(std::string_view column) const;
  void set(const std::string& column, Value value);
};

struct Table {
  std::vector<Record> rows;
  std::int64_t next_id = 1;
};

// Everything that a transaction may change.
struct Contents {
  std::map<std::string, Table, std::less<>> tables;
  // Every mark that a migration's statement has made, in order.
  std::vector<std::string> trail;
  // true: valid; false: left by a build that was interrupted.
  std::map<std::string, bool, std::less<>> indexes;
};

using SessionId = int;

class Database {
 public:
  // `server`: refuses bare statements in a transaction, has run locks, sessions outlive clients.
  // With Atomicity::none a transaction is a word: every statement stays.
  explicit Database(bool server, Atomicity atomicity = Atomicity::migration)
      : server_(server), atomicity_(atomicity) {}

  SessionId connect();
  // Rolls back and releases everything.
  void disconnect(SessionId id);
  bool alive(SessionId id) const { return sessions_.contains(id); }
  // All sessions end; what was not committed is gone.
  void crash();

  // False: another session writes, nothing was done, try again later.
  bool begin(SessionId id);
  void commit(SessionId id);
  void rollback(SessionId id);
  bool in_transaction(SessionId id) const { return sessions_.at(id).open; }

  // Nullopt: another session writes, try again later. Throws Error(sql).
  std::optional<driver::Rows> run(SessionId id, std::string_view sql);

  bool take_lock(SessionId id, const std::string& key);
  void release_lock(SessionId id, const std::string& key);

  void release_locks(SessionId id);

  // Commits by others than this session, as SQLite's data_version.
  std::int64_t change_token(SessionId id) const;
  bool blind = false;  // a defect: change tokens stand still

  const Contents& visible(SessionId id) const;
  const Contents& committed() const { return committed_; }
  std::int64_t commits() const { return commits_; }
  std::size_t sessions() const { return sessions_.size(); }
  bool server() const { return server_; }
  Atomicity atomicity() const { return atomicity_; }

  // A CREATE INDEX CONCURRENTLY that stops in the middle leaves this.
  void leave_invalid_index(std::string_view sql);
  void drop_index(const std::string& name) { committed_.indexes.erase(name); }

 private:
  struct Session {
    bool open = false;
    bool writes = false;
    Contents work;
    std::int64_t own_commits = 0;
  };

  bool take_write_lock(SessionId id);
  void keep(SessionId id);
  driver::Rows execute(Contents& contents, std::string_view sql) const;

  bool server_;
  Atomicity atomicity_;
  Contents committed_;
  std::map<SessionId, Session> sessions_;
  std::map<std::string, SessionId> locks_;
  std::optional<SessionId> writer_;
  SessionId last_id_ = 0;
  std::int64_t commits_ = 0;
};

// Is this a statement that the server refuses inside a transaction?
bool is_bare(std::string_view sql);
// The name in CREATE INDEX CONCURRENTLY name.
std::string index_name(std::string_view sql);
// The mark that a statement makes; empty if it makes none.
std::string mark_of(std::string_view sql);

}  // namespace gander::driver::fake
