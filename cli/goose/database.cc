// SPDX-License-Identifier: MIT
#include "cli/goose/database.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

#include "cli/goose/observer.h"
#include "cli/goose/wording.h"
#include "cli/signals.h"
#include "gander/migration_runner.h"
#include "src/driver/engine.h"
#include "src/runner/internals.h"
#include "src/source/migration.h"
#include "src/types/time.h"

namespace gander::cli::goose {
namespace {

using Migrations = std::vector<source::Migration>;

std::chrono::milliseconds rounded_up(std::chrono::nanoseconds duration) {
  return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

Options options_for(const Call& call, Observer* observer) {
  Options options;
  options.table = call.table;
  options.allow_missing = call.flags.allow_missing;
  options.versioning = !call.flags.no_versioning;
  options.down_by_version = false;
  options.check_all_first = false;
  options.exact_annotations = false;
  options.drift = false;
  options.check_foreign_keys = false;  // what goose applies is applied
  // The trace shows each transaction where it begins and ends.
  options.commit = call.flags.verbose ? Commit::each : Commit::automatic;
  options.timeout = rounded_up(call.flags.timeout);
  options.observer = observer;
  return options;
}

Target checked_target(const Call& call, Target target) {
  // Below a millisecond, which is the shortest limit there is here, goose does not come far either.
  const auto timeout = call.flags.timeout;
  if (timeout.count() != 0 && timeout < std::chrono::milliseconds(1)) {
    throw Failure("goose run: context deadline exceeded");
  }
  return target;
}

class Commands {
 public:
  Commands(const Call& call, Target target)
      : call_(call),
        observer_(call.flags.verbose, !call.flags.no_color),
        runner_(checked_target(call, std::move(target)),
                directory(call.directory.empty() ? "." : call.directory),
                options_for(call, &observer_)),
        signals_(runner_) {
    RunnerInternals::show_stored_times(runner_);
  }

  void run() {
    const std::string& name = call_.command;
    if (name == "up") return up(std::nullopt);
    if (name == "up-to") return up(version_argument());
    if (name == "up-by-one") return up_by_one();
    if (name == "down") return down();
    if (name == "down-to") return down_to(version_argument());
    if (name == "redo") return redo();
    if (name == "reset") return reset();
    if (name == "status") return status();
    return version();
  }

 private:
  bool versioned() const { return !call_.flags.no_versioning; }

  [[noreturn]] void fail(const std::string& text) { throw Failure("goose run: " + text); }

  std::int64_t version_argument() {
    const std::string& name = call_.command;
    if (call_.arguments.empty()) {
      fail(name + " must be of form: goose DRIVER DBSTRING [OPTIONS] " + name + " VERSION");
    }
    const std::string& text = call_.arguments.front();
    const std::string digits = text.starts_with('+') ? text.substr(1) : text;
    std::int64_t version = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, failure] = std::from_chars(digits.data(), end, version);
    if (failure != std::errc{} || stop != end || (digits != text && digits.starts_with('-'))) {
      fail("version must be a number (got '" + text + "')");
    }
    return version;
  }

  // The directory is read before the database is touched, as goose does.
  Migrations collect(const std::string& wrap = "") {
    try {
      return source::list(directory(call_.directory));
    } catch (const Error& error) {
      fail(wrap + list_error(error, call_.directory));
    }
  }

  // Runs one operation. After a failure the version table exists, as with goose.
  template <typename Operation>
  Report perform(Operation operation) {
    try {
      return operation();
    } catch (const Error& error) {
      observer_.failed();
      ensure_table();
      throw observer_.with_whole_statement(error);
    }
  }

  // What fails here has failed in the operation before, and is told by its error.
  void ensure_table() noexcept {
    if (!versioned()) return;
    try {
      runner_.initialize();
    } catch (const Error&) {
    }
  }

  std::int64_t current_version() {
    runner_.initialize();
    return runner_.version();
  }

  void report_nothing_to_run() {
    log("goose: no migrations to run. current version: " + std::to_string(current_version()));
  }

  void up(std::optional<std::int64_t> bound) {
    const Migrations migrations = collect();
    if (bound && migrations.front().version > *bound) fail("no migration files found");
    perform([&] { return bound ? runner_.up_to(*bound) : runner_.up(); });
    const std::string last = std::to_string(observer_.last_version());
    if (!versioned()) {
      log("goose: up to current file version: " + last);
    } else if (observer_.finished() > 0) {
      log("goose: successfully migrated database to version: " + last);
    } else {
      report_nothing_to_run();
    }
  }

  void up_by_one() {
    collect();
    try {
      perform([&] { return runner_.up_by_one(); });
    } catch (const Error& error) {
      if (error.code() != ErrorCode::not_found) throw;
      report_nothing_to_run();
      fail("no next version found");
    }
    if (!versioned()) {
      log("goose: up to current file version: " + std::to_string(observer_.last_version()));
    }
  }

  // The highest version of a file below those that were rolled back; all when none was.
  static std::int64_t file_version_below(const Migrations& migrations, std::int64_t version) {
    std::int64_t below = 0;
    for (const source::Migration& migration : migrations) {
      if (migration.version < version) below = migration.version;
    }
    return below;
  }

  void report_file_version(const Migrations& migrations) {
    const std::int64_t version = observer_.finished() > 0
                                     ? file_version_below(migrations, observer_.last_version())
                                     : migrations.back().version;
    log("goose: down to current file version: " + std::to_string(version));
  }

  void down() {
    const Migrations migrations = collect();
    perform([&] { return runner_.down(); });
    if (!versioned()) report_file_version(migrations);
  }

  void down_to(std::int64_t bound) {
    const Migrations migrations = collect();
    try {
      perform([&] { return runner_.down_to(bound); });
    } catch (const Error& error) {
      if (error.code() != ErrorCode::not_found) throw;
      fail_for_missing_file(error.details().version);
    }
    if (!versioned()) return report_file_version(migrations);
    // goose asks for the file of the version that it stops at as well.
    const std::int64_t current = current_version();
    const bool known = std::any_of(migrations.begin(), migrations.end(),
                                   [&](const auto& each) { return each.version == current; });
    if (current != 0 && !known) fail_for_missing_file(current);
    report_nothing_to_run();
  }

  [[noreturn]] void fail_for_missing_file(std::int64_t version) {
    log("goose: migration file not found for current version (" + std::to_string(version) +
        "), error: no current version found");
    fail("no current version found");
  }

  void redo() {
    collect();
    try {
      perform([&] { return runner_.redo(); });
    } catch (const Error& error) {
      if (error.code() == ErrorCode::not_found) fail("no current version found");
      throw;
    }
  }

  void reset() {
    const Migrations migrations = collect("failed to collect migrations: ");
    if (versioned()) require_table();
    try {
      perform([&] { return runner_.reset(); });
    } catch (const Error& error) {
      fail((versioned() ? "failed to db-down: " : "") + run_error(error));
    }
    if (!versioned()) report_file_version(migrations);
  }

  // goose's reset is the one command that does not create the version table.
  void require_table() {
    const std::string prefix = "failed to get status of migrations: ";
    try {
      if (runner_.status().table_exists) return;
    } catch (const Error& error) {
      fail(prefix + run_error(error));
    }
    fail(prefix + no_such_table());
  }

  // What the database says to goose, which asks for the table.
  std::string no_such_table() const {
    if (driver::takes_file(call_.driver)) {
      return "SQL logic error: no such table: " + call_.table + " (1)";
    }
    return "ERROR: relation " + go_quoted(call_.table) + " does not exist (SQLSTATE 42P01)";
  }

  void status() {
    const Migrations migrations = collect("failed to collect migrations: ");
    Status status;
    if (versioned()) {
      try {
        runner_.initialize();
        status = runner_.status();
      } catch (const Error& error) {
        fail("failed to ensure DB version: " + run_error(error));
      }
    }
    log("    Applied At                  Migration");
    log("    =======================================");
    for (const source::Migration& migration : migrations) {
      std::string when = versioned() ? applied_at(status, migration.version) : "no versioning";
      when.resize(std::max<std::size_t>(when.size(), 24), ' ');
      log("    " + when + " -- " + migration.name);
    }
  }

  static std::string applied_at(const Status& status, std::int64_t version) {
    for (const MigrationStatus& entry : status.migrations) {
      if (entry.version == version && (entry.applied_at || !entry.tstamp.empty())) {
        return status_time(entry.applied_at ? time_text(*entry.applied_at) : entry.tstamp);
      }
    }
    return "Pending";
  }

  void version() {
    if (!versioned()) {
      const Migrations migrations = collect("failed to collect migrations: ");
      return log("goose: file version " + std::to_string(migrations.back().version));
    }
    log("goose: version " + std::to_string(current_version()));
  }

  const Call& call_;
  LineObserver observer_;
  MigrationRunner runner_;
  SignalScope signals_;
};

}  // namespace

bool is_database_command(const std::string& name) {
  for (const char* known :
       {"up", "up-by-one", "up-to", "down", "down-to", "redo", "reset", "status", "version"}) {
    if (name == known) return true;
  }
  return false;
}

void run_database_command(const Call& call, Target target) {
  try {
    Commands(call, std::move(target)).run();
  } catch (const Error& error) {
    throw Failure("goose run: " + run_error(error));
  }
}

}  // namespace gander::cli::goose
