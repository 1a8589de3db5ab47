// SPDX-License-Identifier: MIT
#include "tests/crash/fault_driver.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "src/driver/lent.h"

namespace gander::crash {
namespace {

constexpr std::array kFailures = {ErrorCode::sql, ErrorCode::storage, ErrorCode::locked,
                                  ErrorCode::interrupted, ErrorCode::not_writable};

struct NamedAction {
  Action action;
  const char* name;
};

constexpr std::array kActions = {NamedAction{Action::kill, "kill"},
                                 NamedAction{Action::kill_amid, "kill-amid"},
                                 NamedAction{Action::lose_request, "lose-request"},
                                 NamedAction{Action::lose_reply, "lose-reply"},
                                 NamedAction{Action::visit, "visit"},
                                 NamedAction{Action::terminate, "terminate"},
                                 NamedAction{Action::terminate_amid, "terminate-amid"},
                                 NamedAction{Action::crash, "crash"},
                                 NamedAction{Action::crash_amid, "crash-amid"},
                                 NamedAction{Action::restart, "restart"}};

// SIGALRM ends a process that does not handle it.
void die_in(std::chrono::microseconds time) {
  ::signal(SIGALRM, SIG_DFL);
  const itimerval timer = {{0, 0}, {0, std::max<suseconds_t>(1, time.count())}};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

Error connection_lost() {
  return Error(ErrorCode::connection, "the connection was lost (injected)");
}

class FaultConnection;

// Keeps the inner lock so that a lost connection can drop it first.
class FaultLock final : public driver::RunLock {
 public:
  FaultLock(FaultConnection* owner, std::unique_ptr<driver::RunLock> inner)
      : owner_(owner), inner_(std::move(inner)) {}
  ~FaultLock() override;
  bool fence() override;
  void drop() {
    owner_ = nullptr;
    inner_.reset();
  }

 private:
  FaultConnection* owner_;
  std::unique_ptr<driver::RunLock> inner_;
};

// Has what the inner one has, also when that is lost.
class FaultConnection final : public driver::Connection,
                              public driver::Locks,
                              public driver::Witness,
                              public driver::SessionSettings,
                              public driver::TransactionPipeline,
                              public driver::ImplicitCommits {
 public:
  FaultConnection(std::unique_ptr<driver::Connection> inner, FaultLine* line)
      : inner_(std::move(inner)),
        line_(line),
        name_(inner_->driver_name()),
        backend_(inner_->backend()),
        schema_(inner_->default_schema()),
        has_locks_(inner_->locks() != nullptr),
        has_witness_(inner_->witness() != nullptr),
        has_settings_(inner_->session_settings() != nullptr),
        has_pipeline_(inner_->pipeline() != nullptr),
        has_commits_(inner_->implicit_commits() != nullptr) {}
  ~FaultConnection() override { drop(); }

  void execute(std::string_view sql) override {
    spoil(sql);
    pass("execute", sql, [&] { inner_->execute(sql); });
  }
  driver::Rows query(std::string_view sql) override {
    spoil(sql);
    return pass("query", sql, [&] { return inner_->query(sql); });
  }
  std::unique_ptr<gander::Connection> lend() override {
    line_->note_lent();
    return std::make_unique<Lent>(*this);
  }
  void visit(std::string_view sql, const std::function<void(const driver::Row&)>& each) override {
    pass("visit", sql, [&] { inner_->visit(sql, each); });
  }
  void repeat(const driver::Repeated& statement) override {
    const std::string sql = statement.sql();
    spoil(sql);
    pass("repeat", sql, [&] { inner_->repeat(statement); });
  }
  bool is_unprepared(const Error& error) const override {
    return inner_ != nullptr && inner_->is_unprepared(error);
  }
  ElapsedSql elapsed_sql() const override {
    return inner_ == nullptr ? ElapsedSql() : inner_->elapsed_sql();
  }
  void take_elapsed() override {
    pass("take_elapsed", "", [&] { inner_->take_elapsed(); });
  }
  std::optional<std::chrono::nanoseconds> elapsed() override {
    if (inner_ == nullptr) return std::nullopt;
    return inner_->elapsed();
  }
  std::int64_t change(std::string_view sql) override {
    spoil(sql);
    return pass("change", sql, [&] { return inner_->change(sql); });
  }
  driver::Locks* locks() override { return has_locks_ ? this : nullptr; }
  driver::Witness* witness() override { return has_witness_ ? this : nullptr; }
  driver::SessionSettings* session_settings() override { return has_settings_ ? this : nullptr; }
  driver::TransactionPipeline* pipeline() override { return has_pipeline_ ? this : nullptr; }
  driver::ImplicitCommits* implicit_commits() override { return has_commits_ ? this : nullptr; }

  bool may_end(const sql::Statement& statement) const override {
    return inner_ == nullptr || inner_->implicit_commits()->may_end(statement);
  }
  bool mark() override {
    return pass("mark", "", [&] { return inner_->implicit_commits()->mark(); });
  }
  bool ended() override {
    return pass("ended", "", [&] { return inner_->implicit_commits()->ended(); });
  }
  bool holds_tables() override {
    return inner_ != nullptr && inner_->implicit_commits()->holds_tables();
  }
  void anchor() override {
    pass("anchor", "", [&] { inner_->implicit_commits()->anchor(); });
  }
  void hold_open() override {
    pass("hold open", "", [&] { inner_->implicit_commits()->hold_open(); });
  }
  bool take_back() override {
    return pass("take back", "", [&] { return inner_->implicit_commits()->take_back(); });
  }
  void let_go() override {
    pass("let go", "", [&] { inner_->implicit_commits()->let_go(); });
  }
  bool in_xa() override { return inner_ != nullptr && inner_->implicit_commits()->in_xa(); }

  void act_as_itself() override {
    pass("act_as_itself", "", [&] { inner_->session_settings()->act_as_itself(); });
  }
  std::string storable(const std::string& text) const override {
    return inner_ == nullptr ? text : inner_->storable(text);
  }
  bool can_pipeline(const sql::Statement& statement) const override {
    return inner_ != nullptr && inner_->pipeline()->can_pipeline(statement);
  }
  bool open_pipeline(std::function<void()> landed) override {
    return pass("open_pipeline", "",
                [&] { return inner_->pipeline()->open_pipeline(std::move(landed)); });
  }
  void commit_later(bool durable) override {
    pass("commit_later", "", [&] { inner_->pipeline()->commit_later(durable); });
  }
  void close_pipeline() override {
    pass("close_pipeline", "", [&] { inner_->pipeline()->close_pipeline(); });
  }
  driver::Landing landing() override {
    return inner_ == nullptr ? driver::Landing() : inner_->pipeline()->landing();
  }
  bool refused_pipeline(const Error& error) const override {
    return inner_ != nullptr && inner_->pipeline()->refused_pipeline(error);
  }
  void make_durable() override {
    pass("make_durable", "", [&] { inner_->pipeline()->make_durable(); });
  }
  void* native_handle() noexcept override {
    return inner_ == nullptr ? nullptr : inner_->native_handle();
  }
  std::string_view driver_name() const noexcept override { return name_; }

  void begin() override {
    pass("begin", "", [&] { inner_->begin(); });
  }
  void commit() override {
    pass("commit", "", [&] { inner_->commit(); });
  }
  void rollback() noexcept override {
    quietly("rollback", [&] { inner_->rollback(); });
  }
  bool in_transaction() override {
    return pass("in_transaction", "", [&] { return inner_->in_transaction(); });
  }
  void flush() override {
    pass("flush", "", [&] { inner_->flush(); });
  }
  void run(const sql::Statement& statement) override {
    pass("run", statement.text, [&] { inner_->run(statement); });
  }
  bool is_full(const Error& error) const override {
    return inner_ != nullptr && inner_->is_full(error);
  }
  bool refused_transaction(const Error& error) const override {
    return inner_ != nullptr && inner_->refused_transaction(error);
  }
  void enter() override {
    pass("enter", "", [&] { inner_->session_settings()->enter(); });
  }
  void leave() noexcept override {
    quietly("leave", [&] { inner_->session_settings()->leave(); });
  }
  void reset_session() override {
    pass("reset_session", "", [&] { inner_->session_settings()->reset_session(); });
  }
  std::vector<driver::IntegrityProblem> integrity_problems() override {
    return pass("integrity_problems", "", [&] { return inner_->integrity_problems(); });
  }
  std::string back_up() override {
    return pass("back_up", "", [&] { return inner_->back_up(); });
  }
  std::unique_ptr<driver::RunLock> lock(std::string_view key) override {
    std::unique_ptr<driver::RunLock> held =
        pass("lock", key, [&] { return inner_->locks()->lock(key); });
    if (held == nullptr) return nullptr;
    auto wrapped = std::make_unique<FaultLock>(this, std::move(held));
    lock_ = wrapped.get();
    return wrapped;
  }
  std::vector<LockHolder> lock_holders(std::string_view key) override {
    return pass("lock_holders", key, [&] { return inner_->locks()->lock_holders(key); });
  }
  void release_lock(std::string_view key, const LockHolder& holder) override {
    pass("release_lock", key, [&] { inner_->locks()->release_lock(key, holder); });
  }
  std::optional<std::int64_t> change_token() override {
    std::optional<std::int64_t> token =
        pass("change_token", "", [&] { return inner_->change_token(); });
    if (token && line_->defect == Defect::stale_state) token = 1;
    return token;
  }
  std::string before_image(const sql::Statement& statement) override {
    return pass("before_image", "", [&] { return inner_->witness()->before_image(statement); });
  }
  driver::Outcome judge(const sql::Statement& statement, const std::string& before) override {
    return pass("judge", "", [&] { return inner_->witness()->judge(statement, before); });
  }
  bool only_makes(const sql::Statement& statement) const override {
    return inner_ != nullptr && inner_->witness()->only_makes(statement);
  }
  std::vector<std::string> images_ahead(std::span<const sql::Statement> statements) override {
    return pass("images_ahead", "", [&] { return inner_->witness()->images_ahead(statements); });
  }
  bool lost() const override { return inner_ != nullptr && inner_->lost(); }
  bool defers() const override { return inner_ != nullptr && inner_->defers(); }
  std::chrono::milliseconds lock_limit() const override {
    return inner_ == nullptr ? std::chrono::milliseconds(0) : inner_->lock_limit();
  }
  void foresee(const sql::Statement& statement) const override {
    if (inner_ != nullptr) inner_->foresee(statement);
  }
  bool foresees() const override { return inner_ != nullptr && inner_->foresees(); }
  std::string backend() override { return backend_; }
  std::string default_schema() override { return schema_; }
  std::string schema_of(std::string_view table) override {
    return pass("schema_of", table, [&] { return inner_->schema_of(table); });
  }
  std::vector<bool> tables_exist(const std::vector<TableName>& names) override {
    return pass("tables_exist", "", [&] { return inner_->tables_exist(names); });
  }

  bool fence(driver::RunLock& lock) {
    return pass("fence", "", [&] { return lock.fence(); });
  }
  void forget(const FaultLock* lock) {
    if (lock_ == lock) lock_ = nullptr;
  }

 private:
  void drop() noexcept {
    if (lock_ != nullptr) lock_->drop();
    lock_ = nullptr;
    inner_.reset();
  }

  // Lends anew for each call: the inner connection may be gone before the next one.
  class Lent final : public driver::Lent {
   public:
    explicit Lent(FaultConnection& owner) : driver::Lent(owner), owner_(owner) {}

   private:
    std::int64_t do_execute(std::string_view sql, std::span<const Parameter> values) override {
      owner_.spoil(sql);
      return owner_.pass("execute", sql,
                         [&] { return owner_.inner_->lend()->execute(sql, values); });
    }
    gander::Rows do_query(std::string_view sql, std::span<const Parameter> values) override {
      owner_.spoil(sql);
      return owner_.pass("query", sql, [&] { return owner_.inner_->lend()->query(sql, values); });
    }
    void do_for_each(std::string_view sql, std::span<const Parameter> values,
                     const std::function<bool(const gander::Row&)>& function) override {
      owner_.pass("for_each", sql, [&] { owner_.inner_->lend()->for_each(sql, values, function); });
    }

    FaultConnection& owner_;
  };

  template <typename Call>
  std::invoke_result_t<Call> pass(const char* name, std::string_view text, Call call) {
    if (inner_ == nullptr) throw connection_lost();
    bool lose_reply = false;
    try {
      lose_reply = line_->pass(name, text);
    } catch (const RequestLost&) {
      drop();
      throw connection_lost();
    }
    if (!lose_reply) return call();
    call();
    drop();
    throw connection_lost();
  }

  // For the calls that swallow errors.
  template <typename Call>
  void quietly(const char* name, Call call) noexcept {
    try {
      pass(name, "", call);
    } catch (const Error&) {
      // As the interface says: what could not be rolled back ends with the session.
    }
  }

  // The defect, if there is one, is a commit in the wrong place.
  void spoil(std::string_view sql) {
    if (line_->defect == Defect::none) return;
    std::string text(sql);
    std::erase_if(text, [](char c) { return c == '"' || c == '`'; });
    const auto has = [&](const char* part) { return text.find(part) != text.npos; };
    const bool version_row =
        has("INSERT INTO") && has("goose_db_version (version_id, ") && !has("VALUES (0, ");
    const bool journal_entry = has("goose_db_version_journal SET done");
    if ((version_row && line_->defect == Defect::version_row_after_commit) ||
        (journal_entry && line_->defect == Defect::journal_entry_after_commit)) {
      commit();
      begin();
    }
  }

  std::unique_ptr<driver::Connection> inner_;  // null once the connection is lost
  FaultLine* line_;
  FaultLock* lock_ = nullptr;
  std::string name_;
  std::string backend_;
  std::string schema_;
  bool has_locks_;
  bool has_witness_;
  bool has_settings_;
  bool has_pipeline_;
  bool has_commits_;
};

FaultLock::~FaultLock() {
  if (owner_ != nullptr) owner_->forget(this);
}

bool FaultLock::fence() {
  if (owner_ == nullptr) throw connection_lost();
  return owner_->fence(*inner_);
}

class FaultDriver final : public driver::Driver {
 public:
  FaultDriver(std::unique_ptr<driver::Driver> inner, FaultLine* line)
      : inner_(std::move(inner)), line_(line) {}
  const driver::Dialect& dialect() const override { return inner_->dialect(); }
  std::string display_name() const override { return inner_->display_name(); }
  std::unique_ptr<driver::Connection> connect(const driver::SessionOptions& options) override {
    bool lose_reply = false;
    try {
      lose_reply = line_->pass("connect", "");
    } catch (const RequestLost&) {
      throw connection_lost();
    }
    std::unique_ptr<driver::Connection> connection = inner_->connect(options);
    if (lose_reply) throw connection_lost();
    return std::make_unique<FaultConnection>(std::move(connection), line_);
  }
  bool exists() const override { return inner_->exists(); }
  bool reconnectable() const override { return inner_->reconnectable(); }
  void pause(std::chrono::microseconds) override {}
  std::string file_path() const override { return inner_->file_path(); }

 private:
  std::unique_ptr<driver::Driver> inner_;
  FaultLine* line_;
};

}  // namespace

Fault Fault::parse(std::string_view text) {
  Fault fault;
  const std::size_t colon = text.find(':');
  const std::string_view number = text.substr(0, colon);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), fault.point);
  if (error != std::errc() || end != number.data() + number.size() ||
      colon == std::string_view::npos) {
    throw std::invalid_argument("not POINT:ACTION: " + std::string(text));
  }
  const std::string_view name = text.substr(colon + 1);
  for (const NamedAction& one : kActions) {
    fault.action = one.action;
    if (name == one.name) return fault;
  }
  fault.action = Action::fail;
  for (const ErrorCode code : kFailures) {
    fault.code = code;
    if (name == std::string("fail-") + error_code_name(code)) return fault;
  }
  throw std::invalid_argument("unknown action: " + std::string(name));
}

std::string Fault::text() const {
  const std::string text = std::to_string(point) + ":";
  for (const NamedAction& one : kActions) {
    if (one.action == action) return text + one.name;
  }
  return text + "fail-" + error_code_name(code);
}

Defect parse_defect(std::string_view name) {
  if (name == "none") return Defect::none;
  if (name == "version-row-after-commit") return Defect::version_row_after_commit;
  if (name == "journal-entry-after-commit") return Defect::journal_entry_after_commit;
  if (name == "stale-state") return Defect::stale_state;
  throw std::invalid_argument("unknown defect: " + std::string(name));
}

bool FaultLine::pass(const char* call, std::string_view text) {
  ++calls_;
  if (std::string_view(call) == "begin") begun_ = true;
  if (trace_) {
    std::fprintf(stderr, "%lld %s %.*s\n", static_cast<long long>(calls_), call,
                 static_cast<int>(text.substr(0, 60).size()), text.data());
  }
  bool lose_reply = false;
  for (const Fault& fault : plan_) {
    if (fault.point != calls_) continue;
    if (reached) reached();
    switch (fault.action) {
      case Action::kill:
        ::kill(::getpid(), SIGKILL);
        break;
      case Action::lose_request:
        throw RequestLost{};
      case Action::lose_reply:
        lose_reply = true;
        break;
      case Action::fail:
        throw Error(fault.code, "refused (injected)");
      case Action::visit:
        visitor();
        break;
      case Action::kill_amid:
        die_in(amid);
        break;
      case Action::terminate:
      case Action::terminate_amid:
      case Action::crash:
      case Action::crash_amid:
      case Action::restart:
        saboteur(fault.action);
        break;
    }
  }
  return lose_reply;
}

std::unique_ptr<driver::Driver> with_faults(std::unique_ptr<driver::Driver> inner,
                                            FaultLine* line) {
  return std::make_unique<FaultDriver>(std::move(inner), line);
}

}  // namespace gander::crash
