// SPDX-License-Identifier: MIT
// The session: a server of ClickHouse over HTTP.
//
// What migrations say goes through a session of the server's (session_id), in which SET, USE and
// temporary tables last. What Gander reads and writes itself goes without one, in requests that
// depend on nothing but the URL. There are no transactions: begin() and commit() are words.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/driver/clickhouse/effect.h"
#include "src/driver/clickhouse/failure.h"
#include "src/driver/clickhouse/http.h"
#include "src/driver/clickhouse/lock.h"
#include "src/driver/clickhouse/url.h"
#include "src/driver/clickhouse/values.h"
#include "src/driver/clickhouse/witness.h"
#include "src/driver/driver.h"
#include "src/driver/server_wait.h"

namespace gander::driver::clickhouse {

struct Server {
  std::string text;  // "26.9.2.1"
  int version = 0;   // 2609
  std::string host;
  std::int64_t started = 0;  // seconds since 1970, to two seconds or so

  static Server of(std::string_view text);
  // Versions of what came later than the oldest server that is spoken to.
  bool has_mutations_sync() const { return version >= 2003; }
  bool has_async_insert() const { return version >= 2111; }
  bool has_uuids() const { return version >= 2003; }
  bool tells_of_mutations() const { return version >= 2001; }  // latest_fail_reason
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

class Connection final : public driver::Connection, public SessionSettings {
 public:
  // `settings` must outlive it; their port is corrected where a server says that it is another
  // one's. Throws Error(connection, usage, unsupported).
  Connection(Settings& settings, const SessionOptions& options, const RetryLimits& retry_limits);
  ~Connection() override;

  std::unique_ptr<gander::Connection> lend() override;
  void* native_handle() noexcept override { return nullptr; }
  std::string_view driver_name() const noexcept override { return "clickhouse"; }

  void begin() override {}
  void commit() override {}
  void rollback() noexcept override {}
  bool in_transaction() override { return false; }
  bool lost() const override { return lost_; }

  void execute(std::string_view sql) override;
  Rows query(std::string_view sql) override;
  void visit(std::string_view sql, const std::function<void(const Row&)>& each) override;
  std::int64_t change(std::string_view sql) override;
  void run(const sql::Statement& statement) override;
  bool refused_transaction(const Error& /*error*/) const override { return false; }

  Locks* locks() override { return &locks_; }
  Witness* witness() override { return &witness_; }
  SessionSettings* session_settings() override { return this; }
  void doctor(const DoctorRequest& about, DoctorReport* report) override;

  std::string backend() override { return "session " + session_; }
  std::string default_schema() override { return database_; }
  std::vector<bool> tables_exist(const std::vector<TableName>& names) override;

  // SessionSettings: the session ends with its last migration, and the next one opens another.
  void enter() override {}
  void leave() noexcept override { end_session(); }
  void reset_session() override { end_session(); }

  // --- for the other files of the engine --------------------------------------------------------
  // A request of Gander's own, without the session. Throws Error.
  Table ask(std::string_view sql, Parameters parameters = {});
  // The same, telling a refusal of the server's with this number by false.
  bool try_to(std::string_view sql, std::int64_t refusal);
  // A statement in the session of the migrations.
  Answer send_in_session(std::string_view sql, const std::string& query_id,
                         std::string_view format);
  // The database that unqualified names of migrations are looked up in.
  std::string session_database();
  // Until no mutation of the table is left undone, but for those that were there `before`. Throws
  // Error(sql) with the statement's place and the server's reason where one fails.
  void wait_for_mutations(const sql::Statement& statement, const Object& table,
                          const std::string& database, const std::vector<std::string>& before);
  // The number of the error with which the last statement of this session was refused, if its id
  // begins so; else 0.
  std::int64_t refusal_of(std::string_view id) const;

  // The id under which run() sends its next statement, see CatalogueWitness.
  void set_statement_id(std::string id) { statement_id_ = std::move(id); }

  // Sleeps; throws Error(interrupted).
  void pause(std::chrono::microseconds time) const;
  // The error of a failure, without secrets.
  ErrorDetails explained(const Failure& failure) const;
  const Server& server() const { return server_; }
  const Settings& settings() const { return settings_; }
  const SessionOptions& options() const { return options_; }

 private:
  void connect(std::chrono::milliseconds limit);
  bool takes_other_port(const Answer& answer);
  void read_server(const Table& table);
  void refuse_shared_databases();
  Answer send(std::string_view sql, Parameters parameters, const std::string& query_id);
  Answer send_own(std::string_view sql, Parameters parameters);
  bool keep_waiting(const std::string& query_id);
  void kill(const std::string& query_id) noexcept;
  void open_session();
  Parameters wanted_settings();
  void end_session() noexcept { session_open_ = false; }
  void set_in_session(const std::string& list);
  void finish_alter(const sql::Statement& statement);
  [[noreturn]] void fail(const Answer& answer);
  Error statement_failure(const sql::Statement& statement, const Answer& answer);

  Settings& settings_;
  SessionOptions options_;
  Http http_;
  Server server_;
  std::string database_;
  std::string session_;
  bool session_open_ = false;
  bool lasting_ = true;  // the server grants the time that is asked for
  bool lost_ = false;
  std::string statement_id_;
  std::string refused_id_;
  std::int64_t refusal_ = 0;

  // Of the request that is under way.
  using Clock = std::chrono::steady_clock;
  Clock::time_point sent_;
  std::optional<Clock::time_point> killed_;
  std::chrono::milliseconds limit_{0};
  bool timed_out_ = false;

  RunLocks locks_{*this};
  StatementWitness witness_{*this};
};

}  // namespace gander::driver::clickhouse
