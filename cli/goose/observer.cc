// SPDX-License-Identifier: MIT
#include "cli/goose/observer.h"

#include <cstdio>
#include <string>
#include <utility>

#include "cli/goose/wording.h"
#include "cli/secrets.h"

namespace gander::cli::goose {
namespace {

// ErrorDetails::sql holds so much of a statement.
constexpr std::size_t kShort = 2000;

// goose takes lines of up to 4 MiB.
constexpr std::size_t kMostKept = std::size_t{8} << 20U;

}  // namespace

void log(std::string_view text) {
  const std::string line = secrets().hide(log_line(text));
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void LineObserver::trace(std::string text) { log(colour_ ? "\x1b[90m" + text + "\x1b[00m" : text); }

void LineObserver::migration_started(const MigrationStarted& event) {
  in_transaction_ = event.transactional;
  long_statements_.clear();
  kept_bytes_ = 0;
  if (verbose_ && in_transaction_) trace("Begin transaction");
}

void LineObserver::statement_started(const StatementStarted& event) {
  keep(event);
  if (!verbose_) return;
  // goose ends the text with a line end inside a transaction only.
  trace("Executing statement: " + shown_statement(event.sql) + (in_transaction_ ? "\n" : ""));
}

void LineObserver::migration_finished(const MigrationResult& result) {
  if (verbose_ && in_transaction_) trace("Commit transaction");
  in_transaction_ = false;
  ++finished_;
  last_version_ = result.version;
  log(std::string(result.empty ? "EMPTY " : "OK   ") + result.name + " (" +
      go_duration(result.duration) + ")");
}

void LineObserver::keep(const StatementStarted& event) {
  if (event.sql.size() <= kShort) return;
  long_statements_[event.number] += event.sql;  // a unit of many megabytes comes in pieces
  kept_bytes_ += event.sql.size();
  while (kept_bytes_ > kMostKept && !long_statements_.empty()) {
    kept_bytes_ -= long_statements_.begin()->second.size();
    long_statements_.erase(long_statements_.begin());
  }
}

Error LineObserver::with_whole_statement(const Error& error) const {
  const auto found = long_statements_.find(error.details().statement);
  if (found == long_statements_.end()) return error;
  std::string_view shown = error.details().sql;
  if (shown.ends_with("…")) shown.remove_suffix(std::string_view("…").size());
  if (!found->second.starts_with(shown)) return error;
  ErrorDetails details = error.details();
  if (!details.sql.empty()) details.sql = found->second;
  return Error(std::move(details));
}

// goose says nothing of servers' notices and edited files. Half a file that lands in the wrong
// section is worth a line.
void LineObserver::message(const Message& event) {
  if (event.kind == Message::Kind::annotation) log("WARNING " + std::string(event.text));
}

void LineObserver::failed() {
  if (verbose_ && in_transaction_) trace("Rollback transaction");
  in_transaction_ = false;
}

}  // namespace gander::cli::goose
