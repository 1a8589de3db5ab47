// SPDX-License-Identifier: MIT
#include "cli/goose/flags.h"

#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

#include "cli/goose/wording.h"
#include "cli/secrets.h"

namespace gander::cli::goose {
namespace {

using std::chrono::nanoseconds;

struct Flag {
  std::string_view name;
  std::variant<bool Flags::*, std::string Flags::*, nanoseconds Flags::*> target;
  std::string_view help;
};

// In the order in which Go prints them. The texts are goose's: people and scripts know them.
constexpr std::array<Flag, 14> kFlags{{
    {"allow-missing", &Flags::allow_missing, "applies missing (out-of-order) migrations"},
    {"certfile", &Flags::certfile,
     "file path to root CA's certificates in pem format (only support on mysql)"},
    {"dir", &Flags::dir,
     "directory with migration files, (GOOSE_MIGRATION_DIR env variable supported) (default "
     "\".\")"},
    {"env", &Flags::env, "load environment variables from file (default .env)"},
    {"h", &Flags::help, "print help"},
    {"no-color", &Flags::no_color, "disable color output (NO_COLOR env variable supported)"},
    {"no-versioning", &Flags::no_versioning,
     "apply migration commands with no versioning, in file order, from directory pointed to"},
    {"s", &Flags::sequential, "use sequential numbering for new migrations"},
    {"ssl-cert", &Flags::ssl_cert,
     "file path to SSL certificates in pem format (only support on mysql)"},
    {"ssl-key", &Flags::ssl_key, "file path to SSL key in pem format (only support on mysql)"},
    {"table", &Flags::table, "migrations table name"},
    {"timeout", &Flags::timeout, "maximum allowed duration for queries to run; e.g., 1h13m"},
    {"v", &Flags::verbose, "enable verbose mode"},
    {"version", &Flags::version, "print version"},
}};

const Flag* find_flag(std::string_view name) {
  for (const Flag& flag : kFlags) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

// Of another tool's `-pPASSWORD` only the letter is shown.
std::string shown_flag(std::string_view name) {
  return name.size() > 1 && (name[0] == 'p' || name[0] == 'P') ? std::string(1, name[0]) + "***"
                                                               : shown_word(name);
}

// Takes flags from the front of what is left, as Go's flag package does.
class Parser {
 public:
  explicit Parser(std::span<const std::string> args) : rest_(args) {}

  Arguments parse() {
    take_flags();
    while (!stopped() && !rest_.empty()) {
      result_.words.push_back(rest_.front());
      rest_ = rest_.subspan(1);
      if (!rest_.empty() && rest_.front() == "--") {
        // After the first word, `--` is a word itself and ends the flags.
        result_.words.insert(result_.words.end(), rest_.begin(), rest_.end());
        break;
      }
      take_flags();
    }
    return std::move(result_);
  }

 private:
  bool stopped() const { return !result_.error.empty() || result_.help_requested; }

  static bool is_word(const std::string& argument) {
    return argument.size() < 2 || argument.front() != '-';
  }

  void take_flags() {
    while (!stopped() && !rest_.empty() && !is_word(rest_.front())) {
      const std::string& argument = rest_.front();
      rest_ = rest_.subspan(1);
      if (argument != "--") take_flag(argument);
    }
  }

  void take_flag(const std::string& argument) {
    std::string_view name(argument);
    name.remove_prefix(name.starts_with("--") ? 2 : 1);
    if (name.empty() || name.front() == '-' || name.front() == '=') {
      result_.error =
          "bad flag syntax: " + (argument.size() <= 3 ? argument : shown_word(argument));
      return;
    }
    std::optional<std::string> value;
    if (const std::size_t equals = name.find('='); equals != std::string_view::npos) {
      value = std::string(name.substr(equals + 1));
      name = name.substr(0, equals);
    }
    const Flag* flag = find_flag(name);
    if (flag != nullptr) {
      set(*flag, std::move(value));
    } else if (name == "help") {
      result_.help_requested = true;
    } else {
      result_.error = "flag provided but not defined: -" + shown_flag(name);
    }
  }

  void set(const Flag& flag, std::optional<std::string> value) {
    if (const auto* target = std::get_if<bool Flags::*>(&flag.target)) {
      const std::optional<bool> parsed = parse_go_bool(value.value_or("true"));
      if (parsed) {
        result_.flags.** target = *parsed;
      } else {
        result_.error = "invalid boolean value " + go_quoted(*value) + " for -" +
                        std::string(flag.name) + ": parse error";
      }
      return;
    }
    if (!value) {
      if (rest_.empty()) {
        result_.error = "flag needs an argument: -" + std::string(flag.name);
        return;
      }
      value = rest_.front();
      rest_ = rest_.subspan(1);
    }
    if (const auto* target = std::get_if<std::string Flags::*>(&flag.target)) {
      result_.flags.** target = *value;
      return;
    }
    const std::optional<nanoseconds> parsed = parse_go_duration(*value);
    if (parsed) {
      result_.flags.*std::get<nanoseconds Flags::*>(flag.target) = *parsed;
    } else {
      result_.error = "invalid value " + go_quoted(*value) + " for flag -" +
                      std::string(flag.name) + ": parse error";
    }
  }

  std::span<const std::string> rest_;
  Arguments result_;
};

std::string flag_help() {
  std::string text;
  for (const Flag& flag : kFlags) {
    text += "  -" + std::string(flag.name);
    if (std::holds_alternative<std::string Flags::*>(flag.target)) text += " string";
    if (std::holds_alternative<nanoseconds Flags::*>(flag.target)) text += " duration";
    text += flag.name.size() == 1 ? "\t" : "\n    \t";
    text += std::string(flag.help) + "\n";
  }
  return text;
}

constexpr std::string_view kHead = R"(Usage: goose DRIVER DBSTRING [OPTIONS] COMMAND

or, with the driver and the database in the environment:

Usage: goose [OPTIONS] COMMAND

Environment, also read from a file .env:
    GOOSE_DRIVER=DRIVER
    GOOSE_DBSTRING=DBSTRING
    GOOSE_MIGRATION_DIR=MIGRATION_DIR
    GOOSE_TABLE=TABLE

Drivers in this build:
    sqlite3
    postgres
    mysql

Examples:
    goose sqlite3 ./app.db up
    goose -dir migrations sqlite3 ./app.db status
    goose -dir migrations postgres "host=localhost dbname=app" up-to 7
    goose -dir migrations mysql "me:secret@tcp(localhost:3306)/app" status
    goose -dir migrations -s create "add users" sql

This is gander, answering as goose v3.30.1. `gander help` shows what else it can do.

Options:

)";

constexpr std::string_view kCommands = R"(
Commands:
    up                   Migrate the DB to the most recent version available
    up-by-one            Migrate the DB up by 1
    up-to VERSION        Migrate the DB to a specific VERSION
    down                 Roll back the version by 1
    down-to VERSION      Roll back to a specific VERSION
    redo                 Re-run the latest migration
    reset                Roll back all migrations
    status               Dump the migration status for the current DB
    version              Print the current version of the database
    create NAME [sql|go] Creates new migration file with the current timestamp
    env                  Print the current Goose environment configuration
    fix                  Apply sequential ordering to migrations
    validate             Check migration files without running them
)";

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                      {"us", 1'000},
                                      {"\u00b5s", 1'000},
                                      {"\u03bcs", 1'000},
                                      {"ms", 1'000'000},
                                      {"s", 1'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"h", 3'600'000'000'000}}};

// Reads one "12.5ms" off the front of `text`; nullopt when there is none.
std::optional<long double> take_part(std::string_view* text) {
  long double number = 0, scale = 1;
  bool digits = false, fraction = false;
  while (!text->empty()) {
    const char c = text->front();
    if (c == '.' && !fraction) {
      fraction = true;
    } else if (c >= '0' && c <= '9') {
      digits = true;
      number = number * 10 + (c - '0');
      if (fraction) scale *= 10;
    } else {
      break;
    }
    text->remove_prefix(1);
  }
  if (!digits) return std::nullopt;
  std::size_t length = 0;
  while (length < text->size() && (*text)[length] != '.' &&
         ((*text)[length] < '0' || (*text)[length] > '9')) {
    ++length;
  }
  const std::string_view name = text->substr(0, length);
  text->remove_prefix(length);
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return number / scale * static_cast<long double>(unit.nanoseconds);
  }
  return std::nullopt;
}

}  // namespace

Arguments parse_arguments(std::span<const std::string> args) { return Parser(args).parse(); }

std::string usage_text() { return std::string(kHead) + flag_help() + std::string(kCommands); }

std::optional<bool> parse_go_bool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::optional<nanoseconds> parse_go_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return nanoseconds{0};
  if (text.empty()) return std::nullopt;
  long double total = 0;
  while (!text.empty()) {
    const std::optional<long double> part = take_part(&text);
    if (!part) return std::nullopt;
    total += *part;
  }
  if (total >= static_cast<long double>(std::numeric_limits<std::int64_t>::max())) {
    return std::nullopt;
  }
  const auto count = static_cast<std::int64_t>(std::floor(total));
  return nanoseconds{negative ? -count : count};
}

}  // namespace gander::cli::goose
