// SPDX-License-Identifier: MIT
// Option: what one entry of the table of options (options.h) says.
//
// An option that is a setting has a key as well: it may stand in gander.toml under that key and in
// the environment as GANDER_ and the key in capitals.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "cli/config.h"
#include "gander/options.h"

namespace gander::cli {

// The commands, as bits: an option says in `commands` which of them it concerns.
enum Verb : std::uint64_t {
  kUp = 1u << 0,
  kUpTo = 1u << 1,
  kUpByOne = 1u << 2,
  kDown = 1u << 3,
  kDownTo = 1u << 4,
  kRedo = 1u << 5,
  kReset = 1u << 6,
  kStatus = 1u << 7,
  kVersion = 1u << 8,
  kPlan = 1u << 9,
  kHistory = 1u << 10,
  kWait = 1u << 11,
  kDoctor = 1u << 12,
  kCreate = 1u << 13,
  kFix = 1u << 14,
  kValidate = 1u << 15,
  kSum = 1u << 16,
  kLock = 1u << 17,
  kAccept = 1u << 18,
  kResolve = 1u << 19,
  kRestore = 1u << 20,
  kImport = 1u << 21,
  kAdopt = 1u << 22,
  kConfig = 1u << 23,
  kHelp = 1u << 24,
  kCompletion = 1u << 25,
  kMan = 1u << 26,
  kLint = 1u << 27,
  kRehearse = 1u << 28,
  kCreateDatabase = 1ull << 40,
  kDropDatabase = 1ull << 41,
  kDump = 1ull << 48,
  kLoad = 1ull << 49,
  kDiff = 1ull << 50,
  kVerify = 1ull << 51,
  kMark = 1ull << 42,
  kBaseline = 1ull << 43,
  kSquash = 1ull << 44,
};

// Where help lists an option: with the command it belongs to, or among those that many share.
enum class Section { command, database, migrations, settings, output };

// What a shell should offer for a value.
enum class Completion { nothing, file, directory, command };

// What a setting sets. Without a member: the database and the directory, which config.cc finds.
// An enumerator is the position of its word among the choices.
using Member =
    std::variant<std::monostate, bool Options::*, std::string Options::*,
                 std::chrono::milliseconds Options::*, Commit Options::*, Newer Options::*,
                 LintPolicy Options::*, bool Config::*, std::string Config::*>;

struct Option {
  std::string_view name = {};   // without dashes
  char letter = 0;              // the short form, 0 if none
  std::string_view value = {};  // placeholder in help; empty for a switch
  std::string_view help = {};
  std::string_view choices = {};  // separated by blanks; empty: anything
  Completion completion = Completion::nothing;
  Section section = Section::command;
  std::uint64_t commands = 0;  // Verbs; 0: none, it stands alone

  // Of a setting.
  std::string_view key = {};             // in gander.toml
  std::string_view goose_variable = {};  // read after its own
  std::string_view default_text = {};    // a switch sets the opposite
  Member member = {};

  constexpr bool takes_value() const { return !value.empty(); }
  constexpr bool is_setting() const { return !key.empty(); }
  constexpr bool is_duration() const {
    return std::holds_alternative<std::chrono::milliseconds Options::*>(member);
  }
  // --no-history sets history to false.
  constexpr bool is_inverse() const { return !takes_value() && default_text == "true"; }
  constexpr bool concerns(Verb verb) const { return (commands & verb) != 0; }

  // The setting's name in the environment.
  std::string variable() const;
};

// Where `text` stands among the choices; nullopt if it does not.
std::optional<std::size_t> choice_index(std::string_view choices, std::string_view text);

// "auto, each, all"
std::string listed(std::string_view choices);

// What a switch, a variable and a key may say for true and false, in any case of letters.
std::optional<bool> parse_boolean(std::string_view text);

}  // namespace gander::cli
