// SPDX-License-Identifier: MIT
// The driver of the simulated database.
#include <utility>

#include "src/driver/postgres/dialect.h"
#include "src/driver/sqlite/dialect.h"
#include "tests/simulation/world.h"

namespace gander::simulation {
namespace {

constexpr int kLockTries = 100000;

class FakeDialect final : public driver::Dialect {
 public:
  explicit FakeDialect(bool server) : server_(server) {}
  std::string_view name() const override { return server_ ? "postgres" : "sqlite"; }
  script::Grammar grammar() const override {
    return server_ ? script::Grammar::postgres : script::Grammar::sqlite;
  }
  std::string quote(std::string_view identifier) const override { return std::string(identifier); }
  std::string literal(std::string_view text) const override {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
  }
  const driver::LedgerSql& ledger() const override {
    return server_ ? driver::postgres::kLedger : driver::sqlite::kLedger;
  }
  bool shares_commits() const override { return !server_; }

 private:
  bool server_;
};

const FakeDialect& dialect(bool server) {
  static const FakeDialect of_server(true);
  static const FakeDialect of_file(false);
  return server ? of_server : of_file;
}

class FakeLock final : public driver::RunLock {
 public:
  FakeLock(World& world, SessionId session, std::string key)
      : world_(world), session_(session), key_(std::move(key)) {}
  ~FakeLock() override {
    // A session that was lost keeps its locks until the server has noticed.
    if (world_.has_client(session_)) world_.database.release_lock(session_, key_);
  }

 private:
  World& world_;
  SessionId session_;
  std::string key_;
};

class FakeConnection final : public driver::Connection {
 public:
  FakeConnection(World& world, bool deferring)
      : world_(world), deferring_(deferring), session_(world.connect()) {}
  ~FakeConnection() override { world_.close(session_); }

  void execute(std::string_view sql) override { send(Request::Kind::run, sql); }
  std::int64_t change(std::string_view sql) override {
    if (!deferring_) return static_cast<std::int64_t>(query(sql, {}).rows.size());
    execute(sql);
    return -1;
  }
  Rows query(std::string_view sql, std::span<const Value>) override {
    queue_.push_back({Request::Kind::run, std::string(sql)});
    return carry_out();
  }
  void* native_handle() noexcept override { return nullptr; }
  std::string_view driver_name() const noexcept override { return "simulation"; }

  void begin() override {
    open_ = deferring_;
    send(Request::Kind::begin, "");
    open_ = true;
  }
  void commit() override {
    open_ = false;
    queue_.push_back({Request::Kind::commit, ""});
    carry_out();
  }
  void rollback() noexcept override {
    queue_.clear();
    if (lost_ || !world_.has_client(session_)) return;
    if (!open_ && !world_.database.in_transaction(session_)) return;
    open_ = false;
    try {
      ask({Request{Request::Kind::rollback, ""}});
    } catch (const Error&) {
      // The end of the session rolls back as well.
    } catch (const Killed&) {
      // noexcept: the next call of this process throws it again.
    }
  }
  bool in_transaction() override { return open_; }
  void flush() override {
    if (!queue_.empty()) carry_out();
  }
  void run(const script::Statement& statement) override {
    send(Request::Kind::run, statement.text);
  }
  bool refused_transaction(const Error& error) const override {
    return error.details().sqlstate == "25001";
  }

  std::unique_ptr<driver::RunLock> lock(std::string_view key) override {
    if (!world_.database.server()) return nullptr;
    for (int tries = 0; tries < kLockTries; ++tries) {
      ask({Request{}});
      if (world_.database.take_lock(session_, std::string(key))) {
        return std::make_unique<FakeLock>(world_, session_, std::string(key));
      }
    }
    throw Error(ErrorCode::locked, "the simulated lock is not to be had");
  }
  std::optional<std::int64_t> change_token() override {
    if (world_.database.server()) return std::nullopt;
    ask({Request{}});
    return world_.defect_blind ? 1 : world_.database.change_token(session_);
  }
  std::string before_image(const script::Statement&) override { return "image"; }
  driver::Outcome judge(const script::Statement& statement, const std::string&) override {
    ask({Request{}});
    if (statement.text.starts_with("VACUUM")) return driver::Outcome::did_not_happen;
    if (statement.text.starts_with("CALL")) return driver::Outcome::unknown;
    const std::string name = index_name(statement.text);
    const auto& indexes = world_.database.committed().indexes;
    const auto found = indexes.find(name);
    const bool wanted = statement.text.starts_with("CREATE");
    if (found != indexes.end() && !found->second) {
      world_.database.drop_index(name);
      return driver::Outcome::did_not_happen;
    }
    return (found != indexes.end()) == wanted ? driver::Outcome::happened
                                              : driver::Outcome::did_not_happen;
  }
  std::vector<bool> tables_exist(const std::vector<TableName>& names) override {
    flush();
    ask({Request{}});
    std::vector<bool> found;
    for (const TableName& name : names) {
      found.push_back(world_.database.visible(session_).tables.contains(name.table));
    }
    return found;
  }

 private:
  void send(Request::Kind kind, std::string_view sql) {
    queue_.push_back({kind, std::string(sql)});
    if (!deferring_ || !open_) carry_out();
  }
  Rows carry_out() { return ask(std::exchange(queue_, {})); }
  Rows ask(std::deque<Request> requests) {
    if (lost_) throw Error(ErrorCode::connection, "this connection was lost before");
    try {
      return world_.carry_out(session_, std::move(requests));
    } catch (const Error& error) {
      lost_ = error.code() == ErrorCode::connection;
      throw;
    }
  }

  World& world_;
  bool deferring_;
  SessionId session_;
  std::deque<Request> queue_;
  bool open_ = false;
  bool lost_ = false;
};

class FakeDriver final : public driver::Driver {
 public:
  FakeDriver(World& world, bool deferring) : world_(world), deferring_(deferring) {}
  const driver::Dialect& dialect() const override {
    return simulation::dialect(world_.database.server());
  }
  std::string display_name() const override { return "simulation"; }
  std::unique_ptr<driver::Connection> connect(const driver::SessionOptions&) override {
    return std::make_unique<FakeConnection>(world_, deferring_);
  }
  bool reconnectable() const override { return true; }
  void pause(std::chrono::microseconds) override { world_.pause(); }

 private:
  World& world_;
  bool deferring_;
};

}  // namespace

std::unique_ptr<driver::Driver> make_driver(World& world, bool deferring) {
  return std::make_unique<FakeDriver>(world, deferring);
}

}  // namespace gander::simulation
