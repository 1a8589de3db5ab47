// SPDX-License-Identifier: MIT
// mysql::Connection: one session on a MYSQL, its own or borrowed.
//
// Nothing is deferred: each statement is sent and answered by itself, because any may end the
// transaction (transaction_end.h tells which, and whether one has).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/cancel.h"
#include "src/driver/driver.h"
#include "src/driver/mysql/blockers.h"
#include "src/driver/mysql/dialect.h"
#include "src/driver/mysql/lock.h"
#include "src/driver/mysql/session_settings.h"
#include "src/driver/mysql/transaction_end.h"
#include "src/driver/mysql/url.h"
#include "src/driver/mysql/wire.h"
#include "src/driver/mysql/witness.h"

namespace gander::driver::mysql {

// What is at the other end.
struct Server {
  bool mariadb = false;
  bool tidb = false;
  int version = 0;   // 101119 is 10.11.19, 90704 is 9.7.4; of TiDB that of the MySQL it speaks as
  std::string text;  // as the server says it

  static Server of(std::string_view text);
};

// May the statement call a stored program or a function? Changes of the schema call nothing but for
// what a SELECT in them does.
bool may_run_code(std::string_view sql);

class Connection final : public driver::Connection {
 public:
  // Connects; `settings` outlives the connection. Throws Error(connection, usage, unsupported,
  // interrupted).
  Connection(const Settings& settings, const SessionOptions& options,
             const RetryLimits& retry_limits);
  // Borrows. Throws Error(usage).
  Connection(MYSQL* handle, const SessionOptions& options);
  ~Connection() override;

  std::unique_ptr<gander::Connection> lend() override;
  void* native_handle() noexcept override;
  std::string_view driver_name() const noexcept override { return "mysql"; }
  const ClientScriptSql* client_script() const override { return &kClientScript; }

  void begin() override;
  void commit() override;
  void rollback() noexcept override;
  bool in_transaction() override;
  bool lost() const override { return wire_->lost(); }
  // Of what has given up last, where that was a lock; of tables before.
  std::chrono::milliseconds lock_limit() const override { return lock_limit_; }

  void execute(std::string_view sql) override;
  Rows query(std::string_view sql) override;
  void visit(std::string_view sql, const std::function<void(const Row&)>& each) override;
  std::int64_t change(std::string_view sql) override;
  void run(const sql::Statement& statement) override;
  bool refused_transaction(const Error& error) const override;

  Locks* locks() override { return &locks_; }
  Witness* witness() override { return &witness_; }
  SessionSettings* session_settings() override { return &session_settings_; }
  void doctor(const DoctorRequest& about, DoctorReport* report) override;
  ImplicitCommits* implicit_commits() override { return &transaction_end_; }

  std::string backend() override { return backend_; }
  std::string default_schema() override { return default_schema_; }
  std::vector<bool> tables_exist(const std::vector<TableName>& names) override;

  const Server& server() const { return server_; }
  const SessionOptions& options() const { return options_; }
  // The server's number of the session, for KILL and processlist.
  unsigned long connection_id();
  // How many statements have run that may have called a stored program or a function: what they
  // have done to the session nobody has seen.
  std::int64_t code_runs() const { return code_runs_; }
  // Another session with the same settings, which tells nobody that it waits, for as long as
  // `cancel` lets it, nullptr: as this one's; nullptr where this one is borrowed.
  std::unique_ptr<Connection> another(const CancelToken* cancel = nullptr) const;
  // nullptr: borrowed.
  const Settings* settings() const { return settings_; }
  Wire& wire() { return *wire_; }
  // Around a statement of a migration's.
  void before_script();
  void after_script(std::string_view sql, bool succeeded);

  // Throws what a failed statement of Gander's own comes to, with what is known besides: why it
  // was cancelled, who was in the way.
  [[noreturn]] void fail(const Failure& failure);
  bool is_raised(const Failure& failure);
  ErrorDetails explained(const Failure& failure);

 private:
  WireHooks hooks();
  void begin_session();
  void set_up();
  void read_session();
  void watch();
  Reply exchange(std::string_view sql, Wire::Rowset rowset);

  const Settings* settings_ = nullptr;
  SessionOptions options_;
  BlockerWatch watch_{*this};  // before wire_, which calls it
  std::unique_ptr<Wire> wire_;
  TransactionEnd transaction_end_{*this};
  Server server_;
  std::string default_schema_;
  std::string backend_;
  std::chrono::milliseconds lock_limit_{0};
  std::chrono::milliseconds table_lock_limit_{0};
  std::chrono::milliseconds row_lock_limit_{0};
  bool begun_ = false;                // between begin() and commit() or rollback()
  bool refused_transaction_ = false;  // the last failure of run() said that
  std::int64_t code_runs_ = 0;
  RunLocks locks_{*this};
  CatalogueWitness witness_{*this};
  KeptSettings session_settings_{*this};
  // What read_session() has seen of SessionOptions::tables: to be believed as long as no further
  // statement was sent.
  std::vector<bool> seen_tables_;
  std::int64_t seen_at_ = -1;
};

}  // namespace gander::driver::mysql
