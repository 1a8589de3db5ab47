// SPDX-License-Identifier: MIT
// postgres::Connection: one session on a PGconn, its own or borrowed.
//
// Inside a transaction what is to run is collected and sent in as few messages as possible; a usual
// migration with its version row is one message and one round trip. See batch.h for how errors find
// back to their statement, pipeline.h and in_flight.cc for transactions that follow each other
// without waiting, session_settings.cc for what happens around migrations, recover.cc for
// statements that a crash left in doubt, lock.h for the run lock.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/driver/driver.h"
#include "src/driver/postgres/batch.h"
#include "src/driver/postgres/conninfo.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/failure.h"
#include "src/driver/postgres/message_shape.h"
#include "src/driver/postgres/pipeline.h"
#include "src/driver/postgres/prepared.h"
#include "src/driver/postgres/wire.h"
#include "src/driver/transaction.h"

namespace gander::driver::postgres {

class BlockerWatch;
class Meter;

// How the names of what Lent prepares begin.
inline constexpr char kLentPrefix[] = "gander_lent_";

class Connection final : public driver::Connection,
                         public Locks,
                         public Witness,
                         public SessionSettings,
                         public TransactionPipeline,
                         public Catalogue {
 public:
  // Connects; `settings` outlives the connection. Throws Error(connection, usage, unsupported,
  // interrupted).
  Connection(const Settings& settings, const SessionOptions& options,
             const RetryLimits& retry_limits);
  // Borrows. Throws Error(usage).
  Connection(PGconn* handle, const SessionOptions& options);
  ~Connection() override;

  void execute(std::string_view sql) override;
  void repeat(const Repeated& statement) override;
  bool is_unprepared(const Error& error) const override;
  Rows query(std::string_view sql) override;
  void visit(std::string_view sql, const std::function<void(const Row&)>& each) override;
  void visit_all(std::span<const Visit> visits) override;
  std::unique_ptr<gander::Connection> lend() override;
  void* native_handle() noexcept override;
  std::string_view driver_name() const noexcept override { return "postgres"; }
  const ClientScriptSql* client_script() const override { return &kClientScript; }

  void begin() override;
  void commit() override;
  void rollback() noexcept override;
  bool in_transaction() override;
  void flush() override;
  bool lost() const override { return wire_->lost(); }
  bool defers() const override { return begun_; }
  std::chrono::milliseconds lock_limit() const override;
  void run(const sql::Statement& statement) override;
  bool refused_transaction(const Error& error) const override;
  void foresee(const sql::Statement& statement) const override;
  bool foresees() const override { return pooled_; }

  void enter() override;
  void leave() noexcept override;
  void reset_session() override;
  void act_as_itself() override;
  std::string storable(const std::string& text) const override;

  bool can_pipeline(const sql::Statement& statement) const override;
  bool open_pipeline(std::function<void()> landed) override;
  void commit_later(bool durable) override;
  void close_pipeline() override;
  Landing landing() override;
  bool refused_pipeline(const Error& error) const override;
  void make_durable() override;

  Locks* locks() override { return this; }
  Witness* witness() override { return this; }
  SessionSettings* session_settings() override { return this; }
  TransactionPipeline* pipeline() override { return this; }
  Catalogue* catalogue() override { return this; }
  driver::Meter* meter() override;

  schema::Snapshot snapshot(const SnapshotRequest& request) override;
  std::vector<std::string> filled_tables(const schema::Snapshot& snapshot) override;
  std::vector<schema::Object> rows(const std::vector<std::string>& tables) override;

  std::unique_ptr<RunLock> lock(std::string_view key) override;
  std::vector<LockHolder> lock_holders(std::string_view key) override;
  void release_lock(std::string_view key, const LockHolder& holder) override;
  void doctor(const DoctorRequest& about, DoctorReport* report) override;
  std::string before_image(const sql::Statement& statement) override;
  Outcome judge(const sql::Statement& statement, const std::string& before_image) override;
  std::string backend() override { return backend_; }
  std::string default_schema() override { return default_schema_; }
  std::string schema_of(std::string_view table) override;
  std::vector<bool> tables_exist(const std::vector<TableName>& names) override;

  ElapsedSql elapsed_sql() const override;
  void take_elapsed() override;
  std::optional<std::chrono::nanoseconds> elapsed() override { return elapsed_; }

  // Behind a pooler consecutive transactions may run in different sessions of the server: no
  // session lock, no session setting and no statement outside a transaction can be trusted.
  bool pooled() const { return pooled_; }
  const SessionOptions& options() const { return options_; }
  // Waits for a standby to become the primary, as long as SessionOptions::server_wait says.
  void await_primary();
  // The settings to connect once more with, or nullptr for a borrowed connection.
  const Settings* settings() const { return settings_; }
  Wire& wire() { return *wire_; }
  // By INSERT, UPDATE, DELETE and MERGE, since the session began.
  std::int64_t rows_changed() const { return rows_changed_; }
  // query() for questions of Gander's own, which leave nothing behind in the session.
  Rows look(std::string_view sql);
  // The first cell of its only row, as text; empty for NULL or no row.
  std::string query_text(const std::string& sql);

  // While one lives, no lock timeout holds: what works CONCURRENTLY waits for other transactions
  // without keeping anybody from the table, and would have to start again from nothing.
  class Unhurried {
   public:
    explicit Unhurried(Connection& connection);
    ~Unhurried();
    Unhurried(const Unhurried&) = delete;
    Unhurried& operator=(const Unhurried&) = delete;

   private:
    Connection& connection_;
    bool changed_ = false;
  };

  // While one lives, and no transaction is open, the session is who it was when it was opened: for
  // looks at Gander's own tables.
  class AsItself {
   public:
    explicit AsItself(Connection& connection);

   private:
    std::optional<Transaction> transaction_;
  };

  // SQL to run just before the COMMIT of each transaction, from now on. Empty: none.
  void before_commits(std::string sql) { before_commit_ = std::move(sql); }

 private:
  friend class Lent;
  class InSnapshot;  // catalogue.cc
  // What has come back of the message in progress.
  struct Progress {
    std::int64_t completed = 0;  // statements that succeeded
    std::optional<Failure> failure;
    std::vector<ResultHandle> kept;  // those with rows, if they are to be kept
    // Sees the rows that come one by one; nullptr: nobody does.
    const std::function<void(const Row&)>* each = nullptr;
    bool committed = false;
    std::int64_t changed = 0;  // rows, by INSERT, UPDATE, DELETE, MERGE
  };
  enum class Rowset { drop, keep };
  enum class Until { end, copy_data };

  WireHooks hooks();
  void run_now(const sql::Statement& statement);
  void note_touches(std::string_view sql, bool touches_session);
  void queue(std::string_view sql, std::size_t statements, Batch::Part part);
  void throw_if_landed_hard();
  void end_pipeline() noexcept;
  std::vector<std::string> identity_sql() const;
  void want_settings();
  void read_session();
  std::string session_sql(const std::string& local) const;
  std::string tables_sql() const;
  void see_tables(const std::vector<Value>& row, std::size_t from);
  void check_writable() const;
  std::chrono::milliseconds longest_lock_wait() const;
  void limit_lock_wait();
  // See half_built.cc.
  void finish_built(const sql::Statement& statement, const MessageShape& shape);
  void finish_reindexed(const sql::Statement& statement, const std::string& condition);
  void execute_for(const sql::Statement& statement, const std::string& sql);
  void drop_half_built(const std::string& index);
  bool finish_detach(const sql::Statement& statement);
  [[noreturn]] void refuse_pooled(const sql::Statement& statement) const;
  // Sends and waits; returns the results that had rows.
  std::vector<ResultHandle> exchange(const Batch& batch, Rowset rowset);
  // The rows of the last of them.
  Rows ask(const Batch& batch);
  // True: the server waits for COPY data.
  bool pump(Rowset rowset, Until until, Progress* progress);
  [[noreturn]] void throw_failure(const Batch& batch, const Progress& progress);
  // The details with what the run knows besides: why it was cancelled, who was in the way.
  ErrorDetails explained(ErrorDetails details);
  void forget_lent();
  void start_copy(const sql::Statement& statement);
  void continue_copy(const sql::Statement& statement);
  void throw_stored();
  std::string reset_sql() const;
  std::string entry_sql() const;
  void save_settings();

  const Settings* settings_ = nullptr;
  SessionOptions options_;
  std::unique_ptr<BlockerWatch> watch_;  // before wire_, which calls it
  std::unique_ptr<Wire> wire_;
  std::unique_ptr<Meter> meter_;
  std::int64_t rows_changed_ = 0;
  Batch batch_;                // waits to be sent
  std::exception_ptr stored_;  // an error of native_handle(), which cannot throw

  std::unique_ptr<Pipeline> pipeline_;
  Landing landing_;                   // of the last pipeline
  bool refused_transaction_ = false;  // the last failure said that
  bool refused_whole_ = false;        // it took a statement for several

  bool begun_ = false;  // between begin() and commit() or rollback()
  bool session_touched_ = false;
  bool role_touched_ = false;      // what ran may have changed the user or the role
  bool encoding_touched_ = false;  // or the encoding
  bool zone_touched_ = false;      // or TimeZone, in which tstamp is written
  bool acts_as_itself_ = false;    // to the end of the transaction
  // What ran may have RESET what URL and options ask for, which goose's driver gives with the
  // connection, out of the reach of RESET.
  enum class Asked { made, reset, made_again };  // made_again: by the transaction in progress
  Asked asked_ = Asked::made;
  bool pooled_ = false;
  bool standby_ = false;
  bool several_schemas_ = false;  // an unqualified name is looked up in more than one
  std::vector<std::pair<std::string, std::string>> wanted_;  // settings of URL and options
  std::string lock_timeout_;                                 // as the server writes it
  std::optional<std::chrono::nanoseconds> elapsed_;  // of the transaction that was committed last
  Prepared prepared_;
  std::int64_t lent_statements_ = 0;  // names that Lent has given
  std::string default_schema_;
  // What read_session() or schema_of() has seen of SessionOptions::tables: to be believed as long
  // as no further message was sent.
  std::string seen_schema_;
  std::vector<bool> seen_tables_;
  std::int64_t seen_at_ = -1;
  std::string backend_;
  std::string at_begin_;
  std::string before_commit_;

  // The COPY ... FROM STDIN in progress.
  bool copying_ = false;
  Batch copy_batch_;
  Progress copy_progress_;
  std::optional<sql::Statement> copy_command_;
  std::int64_t copy_line_ = 0;  // the file's line of the first line of data

  // Of a borrowed connection: the settings that enter() found, to be made again.
  std::string saved_settings_;
  std::string saved_role_;
  std::string saved_zone_;
  bool entered_ = false;
};

}  // namespace gander::driver::postgres
