// SPDX-License-Identifier: MIT
#include "cli/goose/observer.h"

#include <cstdio>
#include <string>

#include "cli/goose/wording.h"

namespace gander::cli::goose {

void log(std::string_view text) {
  const std::string line = log_line(text);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void LineObserver::trace(std::string text) { log(colour_ ? "\x1b[90m" + text + "\x1b[00m" : text); }

void LineObserver::migration_started(const MigrationStarted& event) {
  in_transaction_ = event.transactional;
  if (verbose_ && in_transaction_) trace("Begin transaction");
}

void LineObserver::statement_started(const StatementStarted& event) {
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

void LineObserver::failed() {
  if (verbose_ && in_transaction_) trace("Rollback transaction");
  in_transaction_ = false;
}

}  // namespace gander::cli::goose
