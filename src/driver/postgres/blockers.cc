// SPDX-License-Identifier: MIT
#include "src/driver/postgres/blockers.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace gander::driver::postgres {

const char* const kSessionDescription =
    "pg_catalog.concat('pid ', a.pid, ' (', pg_catalog.concat_ws(', ', "
    "nullif(a.application_name, ''), a.usename, a.client_addr::text, a.state || ' since ' || "
    "pg_catalog.to_char(coalesce(a.xact_start, a.state_change, a.backend_start) AT TIME ZONE "
    "'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"')), ')')";

BlockerWatch::BlockerWatch(const Settings& settings, const SessionOptions& options, std::string pid,
                           std::chrono::milliseconds limit)
    : settings_(settings), options_(options), pid_(std::move(pid)), limit_(limit) {}

std::string BlockerWatch::ask() {
  if (wire_ == nullptr) {
    // The session that is watched waits to be heard meanwhile.
    WireHooks hooks;
    hooks.cancel = options_.cancel;
    hooks.connect_limit = hooks.answer_limit = std::chrono::seconds(2);
    wire_ = std::make_unique<Wire>(settings_, std::move(hooks));
  }
  wire_->send("SELECT pg_catalog.string_agg(" + std::string(kSessionDescription) +
                  ", ', ' ORDER BY a.pid), (SELECT pg_catalog.bool_or(l.locktype IN "
                  "('transactionid', 'virtualxid', 'tuple')) FROM pg_catalog.pg_locks AS l "
                  "WHERE NOT l.granted AND l.pid = " +
                  pid_ +
                  ") FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = "
                  "ANY(pg_catalog.pg_blocking_pids(" +
                  pid_ + "))",
              true);
  std::string blockers;
  while (const ResultHandle result = wire_->next()) {
    const Libpq& pq = libpq();
    if (pq.PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
      failed_ = true;
    } else if (pq.PQntuples(result.get()) > 0) {
      blockers = pq.PQgetvalue(result.get(), 0, 0);
      const bool transaction = std::string_view(pq.PQgetvalue(result.get(), 0, 1)) == "t";
      what_ = transaction ? WaitingFor::transaction : WaitingFor::table;
    }
  }
  return blockers;
}

void BlockerWatch::look(std::chrono::milliseconds waited) {
  if (failed_) return;
  try {
    const std::string now = ask();
    // The statement may have given up while this was asked.
    if (now.empty()) return;
    blockers_ = now;
  } catch (const Error&) {
    // Only what is said about the wait is lost.
    failed_ = true;
    return;
  }
  // The message was under way before it met the lock: of that time no more than the limit is told.
  if (limit_.count() > 0) waited = std::min(waited, limit_);
  if (options_.waiting) options_.waiting({blockers_, waited, limit_, what_});
}

}  // namespace gander::driver::postgres
