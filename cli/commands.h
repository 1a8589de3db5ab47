// SPDX-License-Identifier: MIT
// The command table: what the program can be told, as data.
//
// Parsing, `gander help`, the shell completions, the man page and docs/cli.md are all made from
// this table. To add a command: a row in commands.cc, its Verb in option.h and a function declared
// in command/handlers.h.
#pragma once

#include <span>
#include <string_view>

#include "cli/option.h"

namespace gander::cli {

class Call;

struct Argument {
  std::string_view name = {};
  bool required = true;
  std::string_view help = {};
  std::string_view choices = {};
  Completion completion = Completion::nothing;
  bool many = false;  // the last one: any number of them
};

struct Example {
  std::string_view line;
  std::string_view comment;
};

struct ExitCodeText {
  int code;
  std::string_view text;
};

struct Command {
  Verb verb;  // by which the table of options names it
  std::string_view name;
  std::string_view group;    // heading in the overview; empty: not listed there
  std::string_view summary;  // one line, no full stop
  std::string_view when;     // when to use it
  std::string_view details;  // paragraphs separated by an empty line; may be empty
  std::span<const Argument> arguments;
  std::span<const int> exit_codes;  // besides 0, 2 and 70, which any command may give
  std::span<const Example> examples;
  int (*run)(Call&);
};

std::span<const Command> commands();

// nullptr when there is none of that name.
const Command* find_command(std::string_view name);

std::span<const ExitCodeText> exit_codes();

}  // namespace gander::cli
