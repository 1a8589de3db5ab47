// SPDX-License-Identifier: MIT
#include "cli/goose/goose.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "cli/dotenv.h"
#include "cli/goose/call.h"
#include "cli/goose/database.h"
#include "cli/goose/files.h"
#include "cli/goose/flags.h"
#include "cli/goose/observer.h"
#include "cli/goose/wording.h"
#include "cli/redact.h"
#include "cli/secrets.h"
#include "cli/signals.h"
#include "cli/system.h"
#include "gander/error.h"
#include "src/driver/engine.h"

namespace gander::cli {
namespace goose {
namespace {

// The version whose behaviour this face has, and nothing else, because scripts compare the whole
// line. Which program it is, `gander --version` tells.
constexpr std::string_view kGooseVersion = "v3.30.1";

void print(std::FILE* channel, const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), channel);
}

int usage_error(const std::string& message, int code) {
  print(stderr, (message.empty() ? "" : secrets().hide(message) + "\n") + usage_text());
  return code;
}

class Program {
 public:
  Program(Arguments arguments, System& system)
      : flags_(std::move(arguments.flags)), words_(std::move(arguments.words)), system_(system) {}

  int run() {
    load_environment();
    if (flags_.help) {
      print(stdout, usage_text());
      return 0;
    }
    if (words_.empty()) return usage_error("", 1);
    if (is_standalone(words_.front())) return run_standalone();
    add_target_from_environment();
    if (words_.size() < 3) return usage_error("", 1);
    return run_on_database();
  }

 private:
  // Without blanks and line ends around it: a file "app.db\n" is not what `echo` meant.
  std::optional<std::string> variable(const std::string& name) const {
    std::optional<std::string> value = system_.environment(name);
    if (!value) return std::nullopt;
    const auto blank = [](char c) { return (c >= '\0' && c <= ' ') || c == '\x7f'; };
    while (!value->empty() && blank(value->back())) value->pop_back();
    value->erase(value->begin(), std::ranges::find_if_not(*value, blank));
    secrets().add(*value);
    if (value->empty()) return std::nullopt;
    return value;
  }

  void add_target_from_environment() {
    if (const std::optional<std::string> driver = variable("GOOSE_DRIVER")) {
      words_.insert(words_.begin(), *driver);
    }
    if (const std::optional<std::string> dbstring = variable("GOOSE_DBSTRING")) {
      words_.insert(words_.begin() + 1, *dbstring);
    }
  }

  void load_environment() {
    try {
      const std::optional<std::string> choice =
          flags_.env.empty() ? std::nullopt : std::optional(flags_.env);
      const LoadedDotenv loaded = load_dotenv(system_, choice, BadDotenv::is_passed_over);
      if (!loaded.warning.empty()) log("warning: " + loaded.warning);
    } catch (const Error& error) {
      const bool missing = !flags_.env.empty() && !system_.facts(flags_.env).exists;
      throw Failure(
          "failed to load env file: " +
          (missing ? "open " + flags_.env + ": no such file or directory" : located(error)));
    }
  }

  static bool is_standalone(const std::string& word) {
    for (const char* name : {"init", "create", "fix", "env", "validate", "beta"}) {
      if (word == name) return true;
    }
    return false;
  }

  Call call(std::size_t command) const {
    Call result;
    result.flags = flags_;
    result.directory =
        flags_.dir == "." ? variable("GOOSE_MIGRATION_DIR").value_or(".") : flags_.dir;
    result.table =
        !flags_.table.empty() ? flags_.table : variable("GOOSE_TABLE").value_or("goose_db_version");
    result.flags.no_color = flags_.no_color || no_color();
    if (command == 2) result.driver = words_[0];
    result.command = words_[command];
    result.arguments.assign(words_.begin() + static_cast<std::ptrdiff_t>(command) + 1,
                            words_.end());
    return result;
  }

  // Set to anything means no colour, as everywhere but in goose.
  bool no_color() const { return variable("NO_COLOR").has_value(); }

  int run_standalone() {
    const Call work = call(0);
    if (work.command == "create") {
      create_file(work);
    } else if (work.command == "fix") {
      fix_directory(work);
    } else if (work.command == "init") {
      init_directory(work);
    } else if (work.command == "validate") {
      validate_files(work, variable("GOOSE_DRIVER").value_or(""));
    } else if (work.command == "env") {
      print_environment();
    } else {
      beta(work);
    }
    return 0;
  }

  void print_environment() const {
    const auto line = [](const char* name, const std::string& value) {
      return std::string(name) + "=" + go_quoted(value) + "\n";
    };
    print(stdout, line("GOOSE_DRIVER", shown_word(variable("GOOSE_DRIVER").value_or(""))) +
                      line("GOOSE_DBSTRING",
                           secrets().hide(redacted(variable("GOOSE_DBSTRING").value_or("")))) +
                      line("GOOSE_MIGRATION_DIR", variable("GOOSE_MIGRATION_DIR").value_or(".")) +
                      line("GOOSE_TABLE", variable("GOOSE_TABLE").value_or("")) +
                      line("NO_COLOR", no_color() ? "true" : "false"));
  }

  static void beta(const Call& work) {
    if (work.arguments.empty()) throw Failure("goose beta: missing subcommand");
    if (work.arguments.front() == "drivers") {
      print(stdout, "Available drivers:\n");
      for (const std::string& line : driver::openable_drivers()) print(stdout, "  " + line + "\n");
    }
  }

  int run_on_database() {
    const std::string& dbstring = words_[1];
    if (!driver::takes_file(words_[0]) && dbstring.find_first_of("=:") == std::string::npos &&
        !names_file(dbstring)) {
      secrets().add_whole(dbstring);
    }
    return run_command(call(2), open_target(words_[0], with_certificates(dbstring)));
  }

  static int run_command(const Call& work, Target target) {
    if (work.command == "create") {
      create_file(work);
    } else if (work.command == "fix") {
      fix_directory(work);
    } else if (is_database_command(work.command)) {
      run_database_command(work, std::move(target));
    } else {
      throw Failure("goose run: " + go_quoted(shown_word(work.command)) + ": no such command");
    }
    return 0;
  }

  // -ssl-cert and -ssl-key say something beside -certfile alone, as with goose.
  std::string with_certificates(const std::string& dbstring) const {
    const driver::Engine* engine = driver::engine_of_driver(words_[0]);
    if (flags_.certfile.empty() || engine == nullptr || engine->with_certificates == nullptr) {
      return dbstring;
    }
    for (const std::string& file : {flags_.certfile, flags_.ssl_cert, flags_.ssl_key}) {
      if (!file.empty() && !std::filesystem::exists(file)) {
        throw Failure("goose run: open " + file + ": no such file or directory");
      }
    }
    return engine->with_certificates(dbstring, {flags_.certfile, flags_.ssl_cert, flags_.ssl_key});
  }

  static Target open_target(const std::string& driver, const std::string& dbstring) {
    try {
      return open(driver, dbstring);
    } catch (const Error& error) {
      throw Failure("-dbstring=" + go_quoted(redacted(dbstring)) + ": " + error.details().message);
    }
  }

  Flags flags_;
  std::vector<std::string> words_;
  System& system_;
};

int run(const std::vector<std::string>& args) {
  secrets().add_words(args);
  Arguments arguments = parse_arguments(args);
  if (!arguments.error.empty()) return usage_error(arguments.error, 2);
  if (arguments.help_requested) {
    print(stdout, usage_text());
    return 0;
  }
  if (arguments.flags.version) {
    print(stdout, "goose version: " + std::string(kGooseVersion) + "\n");
    return 0;
  }
  const std::unique_ptr<System> system = real_system();
  return Program(std::move(arguments), *system).run();
}

}  // namespace
}  // namespace goose

int goose_main(std::vector<std::string> args) {
  try {
    return goose::run(args);
  } catch (const goose::Failure& failure) {
    goose::log(failure.what());
  } catch (const Error& error) {
    goose::log("goose run: " + goose::run_error(error));
  }
  const int signal = received_signal();
  return signal == 0 ? 1 : 128 + signal;
}

}  // namespace gander::cli
