// SPDX-License-Identifier: MIT
// The command table: what the program can be told, as data.
//
// Parsing, `gander help`, the shell completions, the man page and docs/cli.md are all made from
// this table. To add a command: a row in commands.cc and a function declared in command/handlers.h.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace gander::cli {

class Session;

// What a shell should offer for a value.
enum class Completion { nothing, file, directory, command };

struct Option {
  std::string_view name = {};   // without dashes
  char letter = 0;              // the short form, 0 if none
  std::string_view value = {};  // placeholder in help; empty for a switch
  std::string_view help = {};
  std::string_view choices = {};  // separated by blanks; empty: anything
  Completion completion = Completion::nothing;

  bool takes_value() const { return !value.empty(); }
};

struct Argument {
  std::string_view name = {};
  bool required = true;
  std::string_view help = {};
  std::string_view choices = {};
  Completion completion = Completion::nothing;
};

struct Example {
  std::string_view line;
  std::string_view comment;
};

struct ExitCodeText {
  int code;
  std::string_view text;
};

// Groups of options that many commands share.
enum OptionGroup : unsigned {
  kOutputOptions = 1,    // --json, --quiet ...
  kConfigOptions = 2,    // --config, --profile, --env
  kSourceOptions = 4,    // --dir
  kDatabaseOptions = 8,  // --db, --table, timeouts, policy
};

struct Command {
  std::string_view name;
  std::string_view group;    // heading in the overview; empty: not listed there
  std::string_view summary;  // one line, no full stop
  std::string_view when;     // when to use it
  std::string_view details;  // paragraphs separated by an empty line; may be empty
  std::span<const Argument> arguments;
  std::span<const Option* const> own_options;
  unsigned groups;
  std::span<const int> exit_codes;  // besides 0, 2 and 70, which any command may give
  std::span<const Example> examples;
  int (*run)(Session&);
};

std::span<const Command> commands();

// nullptr when there is none of that name.
const Command* find_command(std::string_view name);

// The options of one command, its own first.
std::vector<const Option*> options_of(const Command& command);

// The options of one group, in the order of help.
std::span<const Option* const> options_of_group(OptionGroup group);

// Every option of every command, each once.
const std::vector<const Option*>& all_options();

std::span<const ExitCodeText> exit_codes();

}  // namespace gander::cli
