// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/lock.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "src/base/background.h"
#include "src/base/host.h"
#include "src/base/process_life.h"
#include "src/driver/clickhouse/connection.h"
#include "src/driver/clickhouse/dialect.h"
#include "src/driver/lock_wait.h"
#include "src/types/time.h"

namespace gander::driver::clickhouse {
namespace {

using Clock = std::chrono::steady_clock;

// goose's own numbers for its leases.
constexpr std::int64_t kLease = 30;  // seconds
constexpr std::chrono::seconds kBeat{5};
// Behind its last sign of life the owner does not trust the lease for longer than that.
constexpr std::chrono::seconds kTrust{15};

constexpr std::string_view kOwner = "owner_";

struct LockNames {
  explicit LockNames(std::string_view key) {
    const std::size_t dot = key.find('.');
    database = key.substr(0, dot);
    table = std::string(key.substr(dot + 1)) + "_lock";
  }
  std::string sql() const { return sql(table); }
  std::string sql(const std::string& name) const {
    return dialect().quote(database) + "." + dialect().quote(name);
  }
  // Where one goes that has shown no sign of life.
  std::string of_dead(const std::string& owner) const { return table + "_" + owner; }
  std::string is_database() const { return "database = " + dialect().literal(database); }

  std::string database;
  std::string table;
};

struct Holder {
  std::string owner;  // 16 hex digits
  std::string name;
  std::string process;
  std::string since;
  std::string renewed;
  std::int64_t silent = 0;  // seconds since its last sign of life

  bool expired() const { return silent > kLease || has_ended(process); }
};

bool is_gone(std::int64_t number) { return number == kUnknownTable || number == kTableDropped; }

std::string owner_of(Connection& connection, const LockNames& names, const std::string& table) {
  const Table rows = connection.ask("SELECT name FROM system.columns WHERE " + names.is_database() +
                                    " AND table = " + dialect().literal(table) +
                                    " AND substring(name, 1, 6) = 'owner_'");
  if (rows.rows.empty()) return {};
  return std::string(CellsRow(rows.rows[0]).text(0).substr(kOwner.size()));
}

// Nothing where nobody holds it.
std::optional<Holder> holder_of(Connection& connection, const LockNames& names) {
  Holder holder;
  holder.owner = owner_of(connection, names, names.table);
  if (holder.owner.empty()) return std::nullopt;
  try {
    // An owner that has shown no sign of life yet has made the table.
    const Table rows = connection.ask(
        "SELECT count(), argMax(name, at), argMax(process, at), toString(min(at), 'UTC'), "
        "toString(max(at), 'UTC'), toInt64(toUInt32(now())) - toInt64(toUInt32(max(at))), "
        "(SELECT toInt64(toUInt32(now())) - toInt64(toUInt32(max(metadata_modification_time))) "
        "FROM system.tables WHERE " +
        names.is_database() + " AND name = " + dialect().literal(names.table) + ") FROM " +
        names.sql());
    const CellsRow row(rows.rows.at(0));
    const bool shown = row.integer(0) > 0;
    holder.silent = row.integer(shown ? 5 : 6);
    // Not there in one moment and there in the next.
    constexpr std::int64_t kNever = 1'000'000'000;
    if (holder.silent > kNever) return std::nullopt;
    if (!shown) return holder;
    holder.name = row.text(1);
    holder.process = row.text(2);
    holder.since = row.text(3);
    holder.renewed = row.text(4);
  } catch (const Error& error) {
    if (!is_gone(error.details().native_code)) throw;
    return std::nullopt;  // it has just been given back
  }
  return holder;
}

std::string holder_text(const Holder& holder) {
  return holder.name.empty() ? "another run" : holder.name + " (since " + holder.since + " UTC)";
}

class HeldLock final : public RunLock {
 public:
  HeldLock(Connection& connection, LockNames names)
      : connection_(connection),
        names_(std::move(names)),
        owner_(random_id()),
        name_(user_at_host() + "-" + std::to_string(::getpid()) + "-" + owner_.substr(0, 8)),
        settings_(connection.settings()) {}

  ~HeldLock() override {
    if (heartbeat_.joinable()) {
      {
        const std::lock_guard<std::mutex> guard(mutex_);
        stopping_ = true;
      }
      stop_.notify_one();
      heartbeat_.join();
    }
    if (held_) give_back();
  }

  void take() {
    wait_for_lock(
        connection_.options(), [this] { return attempt(); },
        [this] {
          const std::optional<Holder> holder = holder_of(connection_, names_);
          return holder ? holder_text(*holder) : std::string();
        },
        [this](std::chrono::microseconds time) { connection_.pause(time); });
    heartbeat_ = background([this] { beat(); });
  }

  bool fence() override {
    const bool trusted = Clock::now() - Clock::time_point(Clock::duration(shown_.load())) < kTrust;
    if (!lost_ && !trusted) show_life();
    if (!lost_ && owner_of(connection_, names_, names_.table) == owner_) return true;
    held_ = false;
    throw Error(ErrorCode::locked, "the run lock was lost: its lease ran out and was taken over",
                "run again: what is done stays, and the other run goes on from there");
  }

 private:
  bool attempt() {
    const bool made = connection_.try_to(
        "CREATE TABLE " + names_.sql() + " (" + std::string(kOwner) + owner_ +
            " UInt8, at DateTime, name String, process String) ENGINE = MergeTree() ORDER BY "
            "tuple()",
        kTableExists);
    if (made) return held_ = begin_life();
    const std::optional<Holder> holder = holder_of(connection_, names_);
    if (!holder) return false;
    if (holder->owner == owner_) return held_ = begin_life();  // brought back: see bury()
    // One that ended as it should gave the lock back before: who has ended and is its owner still
    // has died with it.
    if (holder->expired() && owner_of(connection_, names_, names_.table) == holder->owner) {
      bury(*holder);
    }
    return false;
  }

  // Who looks at the same dead owner late finds its name taken, as long as this run lasts.
  void bury(const Holder& holder) {
    const std::string grave = names_.of_dead(holder.owner);
    if (!rename(names_.table, grave)) return;
    if (owner_of(connection_, names_, grave) == holder.owner) return;
    // Somebody else's that has come in its place meanwhile.
    rename(grave, names_.table);
  }

  bool rename(const std::string& from, const std::string& to) {
    try {
      return connection_.try_to("RENAME TABLE " + names_.sql(from) + " TO " + names_.sql(to),
                                kTableExists);
    } catch (const Error& error) {
      if (!is_gone(error.details().native_code)) throw;
      return false;
    }
  }

  std::string sign_of_life() const {
    return "INSERT INTO " + names_.sql() + " (" + std::string(kOwner) + owner_ +
           ", at, name, process) SELECT 1, now(), " + dialect().literal(name_) + ", " +
           dialect().literal(this_process());
  }

  // For a moment somebody may have it under another name: see bury(). False: it is not there any
  // more, or another's that was made meanwhile is.
  bool begin_life() {
    constexpr int kTries = 20;
    for (int i = 0; i < kTries; ++i) {
      try {
        show_life();
        return true;
      } catch (const Error& error) {
        if (error.details().native_code == kNoSuchColumn) return false;
        if (!is_gone(error.details().native_code)) throw;
      }
      connection_.pause(std::chrono::milliseconds(50));
    }
    return false;
  }

  void show_life() {
    const Clock::time_point now = Clock::now();
    connection_.ask(sign_of_life());
    shown_ = now.time_since_epoch().count();
  }

  void beat() {
    std::unique_lock<std::mutex> guard(mutex_);
    while (!stop_.wait_for(guard, kBeat, [this] { return stopping_; })) {
      guard.unlock();
      try {
        beat_once();
      } catch (const std::exception&) {
        // The next beat tries again; fence() looks after what is left of the lease.
      }
      guard.lock();
    }
  }

  void beat_once() {
    if (http_ == nullptr) http_ = std::make_unique<Http>(settings_);
    const Clock::time_point now = Clock::now();
    Request request;
    const std::string sql = sign_of_life();
    request.sql = sql;
    request.limit = kBeat;
    if (connection_.server().has_async_insert()) request.parameters = {{"async_insert", "0"}};
    const Answer answer = http_->send(request);
    if (!has_failed(answer)) {
      shown_ = now.time_since_epoch().count();
      return;
    }
    const std::int64_t number = failure_of(answer, {}).number();
    if (number == kNoSuchColumn || is_gone(number)) lost_ = true;
  }

  // Only its owner can write into it, and whoever would take it over waits for longer than this
  // takes.
  void give_back() noexcept {
    try {
      if (lost_) return;
      connection_.ask(sign_of_life());
      drop_graves();
      connection_.ask("DROP TABLE " + names_.sql());
    } catch (const std::exception&) {
      // Then the lease runs out.
    }
  }

  // Those of runs that have died, too.
  void drop_graves() {
    const std::string prefix = names_.table + "_";
    const Table rows =
        connection_.ask("SELECT table FROM system.columns WHERE " + names_.is_database() +
                        " AND substring(table, 1, " + std::to_string(prefix.size()) + ") = " +
                        dialect().literal(prefix) + " AND concat(" + dialect().literal(prefix) +
                        ", substring(name, 7)) = table AND substring(name, 1, 6) = 'owner_'");
    for (const Table::Cells& cells : rows.rows) {
      const std::string grave(CellsRow(cells).text(0));
      connection_.ask("DROP TABLE IF EXISTS " + names_.sql(grave));
    }
  }

  Connection& connection_;
  LockNames names_;
  std::string owner_;
  std::string name_;
  Settings settings_;  // the heartbeat's
  bool held_ = false;

  std::thread heartbeat_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;  // guarded by mutex_
  std::unique_ptr<Http> http_;
  std::atomic<bool> lost_{false};
  std::atomic<Clock::rep> shown_{0};  // when the last sign of life was sent that was taken
};

}  // namespace

std::unique_ptr<RunLock> RunLocks::lock(std::string_view key) {
  auto held = std::make_unique<HeldLock>(connection_, LockNames(key));
  held->take();
  return held;
}

std::vector<LockHolder> RunLocks::lock_holders(std::string_view key) {
  const std::optional<Holder> found = holder_of(connection_, LockNames(key));
  if (!found) return {};
  LockHolder holder;
  holder.kind = LockHolder::Kind::lease;
  holder.name = found->name.empty() ? "owner " + found->owner : found->name;
  holder.since = parse_time(found->since);
  holder.renewed_at = parse_time(found->renewed);
  if (holder.renewed_at) holder.expires_at = *holder.renewed_at + std::chrono::seconds(kLease);
  holder.expired = found->expired();
  return {holder};
}

void RunLocks::release_lock(std::string_view key, const LockHolder& holder) {
  const LockNames names(key);
  const std::optional<Holder> now = holder_of(connection_, names);
  if (!now || (now->name.empty() ? "owner " + now->owner : now->name) != holder.name) return;
  connection_.ask("DROP TABLE IF EXISTS " + names.sql());
}

}  // namespace gander::driver::clickhouse
