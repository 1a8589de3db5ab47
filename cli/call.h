// SPDX-License-Identifier: MIT
// Call: one call of the program, as a command sees it: what was asked, where to print, and how to
// come by the configuration, the source and the runner. Nothing is read before a command asks.
//
// The words are taken in Go's spelling too (`-dir x`, `-dir=x`), options before and after the
// command, and goose's order DRIVER DBSTRING COMMAND.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/output/console.h"
#include "cli/output/json.h"
#include "cli/system.h"
#include "gander/migration_runner.h"
#include "gander/source.h"
#include "gander/target.h"

namespace gander::cli {

// goose's way to name a database.
struct DriverPair {
  std::string driver;
  std::optional<std::string> dbstring;  // nullopt: it comes from GOOSE_DBSTRING
};

// An option on the command line.
struct GivenOption {
  const Option* option;             // nullptr: there is none of that name
  std::string word;                 // "--name", or all of it as it was, if unknown
  std::optional<std::string> text;  // a switch that is on holds "true", one switched off "false"
};

class Call {
 public:
  // `args` without the program's name; `system` is borrowed. Never throws for what is wrong with
  // the words: check() does.
  Call(const std::vector<std::string>& args, System& system);

  // Throws Error(usage) that names the option or argument, and what is near to it. There must be a
  // command.
  void check() const;

  // --- what was asked -----------------------------------------------------------------------

  const std::string& word() const { return word_; }    // the command as it was typed; may be empty
  const Command* command() const { return command_; }  // nullptr when there is none of that name
  const std::vector<GivenOption>& options() const { return options_; }
  const std::vector<std::string>& arguments() const { return arguments_; }
  const std::optional<DriverPair>& pair() const { return pair_; }

  // As with Go's flags, the last of several wins.
  bool on(Named option) const { return value(*option) == "true"; }
  std::optional<std::string> value(Named option) const { return value(*option); }
  std::optional<std::string> value(const Option& option) const;
  // The words of an option that takes several, separated by commas; none when it was left out.
  std::vector<std::string> list(Named option) const;
  // --reason, which must have been given.
  std::string reason() const;
  // Empty when the argument was left out.
  std::string argument(std::size_t index) const;

  // The argument or option as a version number. Error(usage) when it is none.
  std::int64_t version_argument(std::size_t index) const;
  std::vector<std::int64_t> version_arguments() const;  // all of them
  std::optional<std::int64_t> version_option(Named option) const;

  // --- what it works with -------------------------------------------------------------------

  Console& console() { return *console_; }
  System& system() { return system_; }

  // Resolved on first use; its warnings are printed then.
  const Config& config();

  // Error(usage) when no database was named. Warns when the command line holds a password.
  Target target();
  // One that an argument names by its URL.
  Target target(const std::string& url);
  Source source();
  MigrationRunner runner(Observer* observer);

  // Where the settings say `protect`: returns when --yes was given or the name of the profile (or
  // of the database, after target()) was typed on the terminal, else throws Error(usage). `what` is
  // the command. To be called before anything is done.
  void confirm(std::string_view what);

  // What --json puts first. Knows the database once target() was called.
  JsonHead head() const;

 private:
  void read(const std::vector<std::string>& args);
  void check_arguments() const;
  void warn_of_password(const std::string& url);
  void say_where_from(const std::string& url);

  std::string word_;
  const Command* command_ = nullptr;
  std::vector<GivenOption> options_;
  std::vector<std::string> arguments_;
  std::optional<DriverPair> pair_;

  System& system_;
  std::optional<Console> console_;  // always there: made once the words are read
  std::optional<Config> config_;
  std::string database_;
};

// Is this a driver's name in goose's grammar, whether or not this build has that driver?
bool is_driver_name(std::string_view word);

}  // namespace gander::cli
