// SPDX-License-Identifier: MIT
// sqlite::Connection: one session on a sqlite3 handle, its own or borrowed.
//
// Waiting: SQLite answers SQLITE_BUSY when another connection writes. Instead of a busy handler
// (which could not be restored on a borrowed handle) every call that is safe to repeat is repeated
// with growing random pauses until SessionOptions::wait is over.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/driver.h"
#include "src/driver/sqlite/authorizer.h"
#include "src/driver/sqlite/catalogue.h"
#include "src/driver/sqlite/dialect.h"
#include "src/driver/sqlite/statement_text.h"
#include "src/driver/sqlite/url.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gander::driver::sqlite {

// Finalizes; a failed finalize repeats an error that step() has already reported.
struct StatementDeleter {
  void operator()(sqlite3_stmt* statement) const noexcept;
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, StatementDeleter>;

class Meter;

class Connection final : public driver::Connection,
                         public Locks,
                         public Witness,
                         public driver::SessionSettings {
 public:
  // Opens the file. Throws Error(connection, not_writable, usage).
  Connection(const Settings& settings, const SessionOptions& options);
  // Borrows `handle`, which must outlive this object and be outside a transaction.
  Connection(sqlite3* handle, const SessionOptions& options);
  ~Connection() override;

  void execute(std::string_view sql) override;
  std::int64_t change(std::string_view sql) override;
  Rows query(std::string_view sql) override;
  void visit(std::string_view sql, const std::function<void(const Row&)>& each) override;
  std::unique_ptr<gander::Connection> lend() override;
  void* native_handle() noexcept override { return handle_; }
  std::string_view driver_name() const noexcept override { return "sqlite"; }
  const ClientScriptSql* client_script() const override { return &kClientScript; }

  void begin() override;
  void commit() override;
  void rollback() noexcept override;
  bool in_transaction() override;
  void run(const sql::Statement& statement) override;
  bool refused_transaction(const Error& error) const override;
  bool is_full(const Error& error) const override;

  void enter() override;
  void leave() noexcept override;
  void reset_session() override;
  std::vector<IntegrityProblem> integrity_problems() override;
  std::vector<Warning> take_warnings() override;
  // Foreign keys that name a table which does not exist: all, or those whose table has vanished
  // since integrity_problems() was asked last.
  std::vector<IntegrityProblem> lost_parents(bool of_this_migration);
  std::string back_up() override;

  Locks* locks() override { return this; }
  Witness* witness() override { return this; }
  driver::SessionSettings* session_settings() override { return this; }
  driver::Catalogue* catalogue() override {
    if (!catalogue_) catalogue_.emplace(*this, handle_);
    return &*catalogue_;
  }

  driver::Meter* meter() override;
  const SessionOptions& options() const { return options_; }

  // Locks. The process that has the file is seen, and keeps it.
  std::unique_ptr<RunLock> lock(std::string_view) override { return nullptr; }
  void release_lock(std::string_view key, const LockHolder& holder) override;
  std::optional<std::int64_t> change_token() override;
  // Which process is at it, where a repetition would not be the same.
  std::string before_image(const sql::Statement& statement) override;
  Outcome judge(const sql::Statement& statement, const std::string&) override;
  std::vector<LockHolder> lock_holders(std::string_view key) override;
  void doctor(const DoctorRequest& about, DoctorReport* report) override;
  std::vector<bool> tables_exist(const std::vector<TableName>& names) override;

 private:
  friend class Lent;
  // Steps a statement to its end.
  using Stepper = std::function<void(sqlite3_stmt*)>;
  struct SavedPragma {
    const char* name;
    std::int64_t value;
  };

  void open_handle(const Settings& settings);
  void apply_settings(const Settings& settings);
  // Warns where the URL's mode could not be had, and of WAL where it does not work.
  void note_journal_mode(const std::string& asked);
  void refuse_open_transaction();
  // Calls `step` again while it answers SQLITE_BUSY. Returns its last answer.
  int patiently(const std::function<int()>& step);
  int wait_and_repeat(const std::function<int()>& step, int result);
  // Until that process has ended or written. Throws Error(locked) when the wait is over.
  void wait_for_process(const std::string& process);
  void run_now(const sql::Statement& statement);
  StatementHandle prepare(const char* sql, const char** tail);
  void refresh_schema(const std::string& schema);
  // With a stepper of its own the statement has the values of its parameters already.
  void run_one(sqlite3_stmt* prepared, const char* sql, const sql::Statement* statement,
               int* offset, const Stepper& stepper = {});
  void run_text(const char* text, const sql::Statement* statement);
  void step_to_end(sqlite3_stmt* prepared);
  void refuse_silent_child_changes(const std::string& table);
  // Throws or warns when the PRAGMA has done nothing.
  void note_effect(const PragmaText& pragma, bool within, std::int64_t line);
  void note_settings_of_file();
  std::string ask(const std::string& pragma);
  void vacuum(sqlite3_stmt* prepared);
  std::int64_t pragma(const char* name);
  void set_pragma(const char* name, std::int64_t value);
  std::vector<std::string> temporary_objects();
  void drop_temporary_objects();
  ErrorDetails last_error() const;

  sqlite3* handle_ = nullptr;
  const bool owned_;
  const bool foreign_keys_on_;  // enforcement stays on while migrations run
  SessionOptions options_;
  std::string path_;
  std::string scratch_;  // the statement in progress, NUL-ended
  StatementHandle data_version_;
  std::vector<SavedPragma> saved_;
  std::int64_t changed_ = 0;  // rows, by INSERT, UPDATE and DELETE of run_one(); only Lent asks
  std::vector<std::string> temporary_before_;  // temporary_objects() that are the application's
  bool session_touched_ = false;               // a PRAGMA or ATTACH ran since the last reset
  bool transaction_is_ours_ = true;
  bool kept_ = false;        // a part of the statement that run() was given last is committed
  bool run_failed_ = false;  // it failed, and nobody else has run it since
  bool restricted_ = false;
  bool cache_chosen_ = false;          // the URL says cache_size
  bool restricting_ = false;           // a script's statement runs in restricted mode
  std::vector<std::string> vanished_;  // tables that are gone since integrity_problems()
  struct Asked {
    PragmaText pragma;
    std::int64_t line;
  };
  std::vector<Asked> asked_of_file_;  // settings that only a VACUUM makes true
  std::vector<Warning> warnings_;
  std::optional<sqlite::Catalogue> catalogue_;
  std::unique_ptr<Meter> meter_;
  bool defer_wanted_ = false;        // PRAGMA defer_foreign_keys, for the script's next transaction
  bool ran_in_transaction_ = false;  // a statement of a script
};

// Throws Error(unsupported) for what only a server has: lock timeout, role, schema.
void refuse_foreign_options(const SessionOptions& options);

}  // namespace gander::driver::sqlite
