// SPDX-License-Identifier: MIT
// LineObserver: prints goose's lines while migrations run: OK and EMPTY, and with -v statements and
// transactions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "gander/error.h"
#include "gander/observer.h"

namespace gander::cli::goose {

// Prints "YYYY/MM/DD HH:MM:SS text" to standard error, as everything that goose logs.
void log(std::string_view text);

class LineObserver final : public Observer {
 public:
  LineObserver(bool verbose, bool colour) : verbose_(verbose), colour_(colour) {}

  void migration_started(const MigrationStarted& event) override;
  void statement_started(const StatementStarted& event) override;
  void migration_finished(const MigrationResult& result) override;

  void message(const Message& event) override;

  // To be called when the operation has failed.
  void failed();

  // The error with the whole text of its statement, which goose prints and the library cuts. A
  // statement of more than a few megabytes stays cut.
  Error with_whole_statement(const Error& error) const;

  std::int64_t finished() const { return finished_; }
  std::int64_t last_version() const { return last_version_; }

 private:
  void trace(std::string text);
  void keep(const StatementStarted& event);

  bool verbose_;
  bool colour_;
  bool in_transaction_ = false;
  std::int64_t finished_ = 0;
  std::int64_t last_version_ = 0;
  // The long statements of the migration in progress, by number, the latest ones of them.
  std::map<std::int64_t, std::string> long_statements_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace gander::cli::goose
