// SPDX-License-Identifier: MIT
#include "tests/fake/connection.h"

#include <utility>

#include "tests/fake/dialect.h"

namespace gander::driver::fake {
namespace {

constexpr int kLockTries = 100000;

class FakeLock final : public RunLock {
 public:
  FakeLock(Network& network, SessionId session, std::string key)
      : network_(network), session_(session), key_(std::move(key)) {}
  ~FakeLock() override {
    // A session that was lost keeps its locks until the server has noticed.
    if (network_.has_client(session_)) network_.target().release_lock(session_, key_);
  }

 private:
  Network& network_;
  SessionId session_;
  std::string key_;
};

class FakeConnection final : public Connection, public Locks, public Witness {
 public:
  FakeConnection(Network& network, bool deferring)
      : network_(network), deferring_(deferring), session_(network.connect()) {}
  ~FakeConnection() override { network_.close(session_); }

  void execute(std::string_view sql) override { send(Request::Kind::run, sql); }
  std::int64_t change(std::string_view sql) override {
    if (!deferring_) return static_cast<std::int64_t>(query(sql).rows.size());
    execute(sql);
    return -1;
  }
  driver::Rows query(std::string_view sql) override {
    queue_.push_back({Request::Kind::run, std::string(sql)});
    return carry_out();
  }
  std::unique_ptr<gander::Connection> lend() override { return nullptr; }  // no function migrations
  void* native_handle() noexcept override { return nullptr; }
  std::string_view driver_name() const noexcept override { return "fake"; }

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
    if (lost_ || !network_.has_client(session_)) return;
    if (!open_ && !network_.target().in_transaction(session_)) return;
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
  void run(const sql::Statement& statement) override { send(Request::Kind::run, statement.text); }
  bool refused_transaction(const Error& error) const override {
    return error.details().sqlstate == "25001";
  }

  Locks* locks() override { return network_.target().server() ? this : nullptr; }
  Witness* witness() override { return this; }

  std::unique_ptr<RunLock> lock(std::string_view key) override {
    for (int tries = 0; tries < kLockTries; ++tries) {
      ask({Request{}});
      if (network_.target().take_lock(session_, std::string(key))) {
        return std::make_unique<FakeLock>(network_, session_, std::string(key));
      }
    }
    throw Error(ErrorCode::locked, "the lock of the fake is not to be had");
  }
  std::vector<LockHolder> lock_holders(std::string_view) override { return {}; }
  void release_lock(std::string_view, const LockHolder&) override {}
  std::optional<std::int64_t> change_token() override {
    if (network_.target().server()) return std::nullopt;
    ask({Request{}});
    return network_.target().change_token(session_);
  }
  std::string before_image(const sql::Statement&) override { return "image"; }
  Outcome judge(const sql::Statement& statement, const std::string&) override {
    ask({Request{}});
    if (statement.text.starts_with("VACUUM")) return Outcome::did_not_happen;
    if (statement.text.starts_with("CALL")) return Outcome::unknown;
    if (statement.text.starts_with("MARK")) return Outcome::unknown;
    const std::string name = index_name(statement.text);
    const auto& indexes = network_.target().committed().indexes;
    const auto found = indexes.find(name);
    const bool wanted = statement.text.starts_with("CREATE");
    if (found != indexes.end() && !found->second) {
      network_.target().drop_index(name);
      return Outcome::did_not_happen;
    }
    return (found != indexes.end()) == wanted ? Outcome::happened : Outcome::did_not_happen;
  }
  std::vector<bool> tables_exist(const std::vector<TableName>& names) override {
    flush();
    ask({Request{}});
    std::vector<bool> found;
    for (const TableName& name : names) {
      found.push_back(network_.target().visible(session_).tables.contains(name.table));
    }
    return found;
  }

 private:
  void send(Request::Kind kind, std::string_view sql) {
    queue_.push_back({kind, std::string(sql)});
    if (!deferring_ || !open_) carry_out();
  }
  driver::Rows carry_out() { return ask(std::exchange(queue_, {})); }
  driver::Rows ask(std::deque<Request> requests) {
    if (lost_) throw Error(ErrorCode::connection, "this connection was lost before");
    try {
      return network_.carry_out(session_, std::move(requests));
    } catch (const Error& error) {
      lost_ = error.code() == ErrorCode::connection;
      throw;
    }
  }

  Network& network_;
  bool deferring_;
  SessionId session_;
  std::deque<Request> queue_;
  bool open_ = false;
  bool lost_ = false;
};

class FakeDriver final : public Driver {
 public:
  FakeDriver(Network& network, bool deferring, std::string name)
      : network_(network), deferring_(deferring), name_(std::move(name)) {}
  const Dialect& dialect() const override {
    return fake::dialect(network_.target().server(), network_.target().atomicity());
  }
  std::string display_name() const override { return name_; }
  std::unique_ptr<Connection> connect(const SessionOptions&) override {
    return std::make_unique<FakeConnection>(network_, deferring_);
  }
  bool reconnectable() const override { return true; }
  void pause(std::chrono::microseconds) override { network_.pause(); }

 private:
  Network& network_;
  bool deferring_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Driver> make_driver(Network& network, bool deferring, std::string name) {
  return std::make_unique<FakeDriver>(network, deferring, std::move(name));
}

}  // namespace gander::driver::fake
