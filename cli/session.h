// SPDX-License-Identifier: MIT
// Session: one call of the program, as a command sees it: what was asked, where to print, and how
// to come by the configuration, the source and the runner. Nothing is read before a command asks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/config.h"
#include "cli/output/console.h"
#include "cli/output/json.h"
#include "cli/parse.h"
#include "cli/system.h"
#include "gander/migration_runner.h"
#include "gander/source.h"
#include "gander/target.h"

namespace gander::cli {

class Session {
 public:
  // All are borrowed.
  Session(const Invocation& invocation, Console& console, System& system)
      : invocation_(invocation), console_(console), system_(system) {}

  const Invocation& args() const { return invocation_; }
  Console& console() { return console_; }
  System& system() { return system_; }

  // Resolved on first use; its warnings are printed then.
  const Config& config();

  // Error(usage) when no database was named. Warns when the command line holds a password.
  Target target();
  Source source();
  MigrationRunner runner(Observer* observer);

  // Where the settings say `protect`: returns when --yes was given or the name of the profile (or
  // of the database, after target()) was typed on the terminal, else throws Error(usage). `what` is
  // the command. To be called before anything is done.
  void confirm(std::string_view what);

  // What --json puts first. Knows the database once target() was called.
  JsonHead head() const;

  // The argument or option as a version number. Error(usage) when it is none.
  std::int64_t version_argument(std::size_t index) const;
  std::optional<std::int64_t> version_option(const Option& option) const;

 private:
  void say_where_from(const std::string& url);

  const Invocation& invocation_;
  Console& console_;
  System& system_;
  std::optional<Config> config_;
  std::string database_;
};

}  // namespace gander::cli
