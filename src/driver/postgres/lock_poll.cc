// SPDX-License-Identifier: MIT
#include "src/driver/postgres/lock_poll.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>

#include "src/base/background.h"
#include "src/driver/postgres/wire.h"

namespace gander::driver::postgres {
namespace {

using Clock = std::chrono::steady_clock;

// What is short is over in milliseconds, and what is long need not be asked for so often. The pause
// is this part of the time so far.
constexpr int kPart = 50;
constexpr std::chrono::milliseconds kLongestPause{50};

void read(Wire& wire, const std::string& sql, std::set<LockPoll::Lock>* seen) {
  const Libpq& pq = libpq();
  wire.send(sql, true);
  while (const ResultHandle result = wire.next()) {
    if (pq.PQresultStatus(result.get()) != PGRES_TUPLES_OK) continue;
    for (int row = 0; row < pq.PQntuples(result.get()); ++row) {
      const std::string_view digits = pq.PQgetvalue(result.get(), row, 0);
      const std::optional<LockMode> mode = lock_mode_of(pq.PQgetvalue(result.get(), row, 1));
      std::int64_t relation = 0;
      std::from_chars(digits.data(), digits.data() + digits.size(), relation);
      if (mode) seen->emplace(relation, *mode);
    }
  }
}

}  // namespace

LockPoll::LockPoll(const Settings& settings, std::string pid) : pid_(std::move(pid)) {
  thread_ = background([this, &settings] {
    try {
      poll(settings);
    } catch (const Error&) {
      // Nothing more is seen.
    }
    ready_ = true;
  });
  while (thread_.joinable() && !ready_) std::this_thread::sleep_for(std::chrono::microseconds(200));
}

LockPoll::~LockPoll() { stop(); }

void LockPoll::poll(const Settings& settings) {
  WireHooks hooks;
  hooks.connect_limit = hooks.answer_limit = std::chrono::seconds(2);
  Wire wire(settings, std::move(hooks));
  const std::string sql =
      "SELECT l.relation::bigint, l.mode FROM pg_catalog.pg_locks AS l WHERE l.locktype = "
      "'relation' AND l.pid = " +
      pid_ +
      " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
      "pg_catalog.current_database())";
  const Clock::time_point start = Clock::now();
  while (!stopped_) {
    read(wire, sql, &seen_);
    ready_ = true;
    const auto so_far = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
    std::this_thread::sleep_for(std::min<std::chrono::microseconds>(so_far / kPart, kLongestPause));
  }
}

std::set<LockPoll::Lock> LockPoll::stop() {
  stopped_ = true;
  if (thread_.joinable()) thread_.join();
  return seen_;
}

}  // namespace gander::driver::postgres
