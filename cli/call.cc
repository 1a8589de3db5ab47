// SPDX-License-Identifier: MIT
#include "cli/call.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>

#include "cli/output/text.h"
#include "cli/redact.h"
#include "cli/secrets.h"
#include "gander/error.h"
#include "src/driver/engine.h"
#include "src/source/passed_over.h"

namespace gander::cli {
namespace {

std::int64_t parse_version(std::string_view name, const std::string& text) {
  std::int64_t version = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, version);
  if (error != std::errc() || stop != end || version < 0) {
    throw Error(ErrorCode::usage,
                fmt::format("{} must be a version number, not \"{}\"", name, shown_word(text)),
                "gander status lists the versions");
  }
  return version;
}

}  // namespace

Call::Call(const std::vector<std::string>& args, System& system) : system_(system) {
  read(args);
  console_.emplace(stdout, stderr, decide_terminal(terminal_facts(system, stdout, on("no-color"))),
                   decide_terminal(terminal_facts(system, stderr, on("no-color"))),
                   ConsoleMode{.json = on("json"),
                               .quiet = on("quiet"),
                               .verbose = on("verbose"),
                               .notices = on("notices")});
}

const Config& Call::config() {
  if (!config_) {
    config_ = resolve_config(*this, system_);
    for (const std::string& warning : config_->warnings) console_->warn(warning);
  }
  return *config_;
}

Target Call::target() {
  const std::optional<DatabaseChoice>& choice = config().database;
  if (!choice) {
    throw Error(ErrorCode::usage, "no database was named",
                "--db sqlite:app.db, or set GANDER_DB, or db in gander.toml");
  }
  if (choice->on_command_line) warn_of_password(choice->text);
  if (choice->from_other_tools) say_where_from(choice->text);
  Target target = choice->driver.empty() ? gander::open(choice->text)
                                         : gander::open(choice->driver, choice->text);
  database_ = secrets().hide(target.display_name());
  return target;
}

Target Call::target(const std::string& url) {
  warn_of_password(url);
  return gander::open(url);
}

void Call::warn_of_password(const std::string& url) {
  if (redacted(url) == url) return;
  console_->warn(
      "the password on the command line is visible to other users of this machine: "
      "use GANDER_DB or --db-file");
}

Source Call::source() {
  source::PassedOver others = source::passed_over(config().dir);
  for (const std::string& name : others.misnamed) {
    console_->warn(
        fmt::format("{} looks like a migration and is not taken: its name does not end in "
                    "`.sql`, in small letters",
                    printable(name)));
  }
  if (!others.sidecars.empty()) {
    console_->warn(fmt::format("{} is no migration, it is what macOS keeps beside one{}",
                               printable(others.sidecars[0]),
                               others.sidecars.size() > 1 ? ", and so are others" : ""));
  }
  return gander::directory(config().dir, {.exclude = std::move(others.sidecars)});
}

// DATABASE_URL is set for other programs too, so its name stands in what concerns it.
void Call::say_where_from(const std::string& url) {
  const driver::Engine* engine = driver::engine_of_url(url);
  if (engine == nullptr || !engine->can_open()) {
    const std::string_view scheme = driver::scheme_of(url);
    const bool known = engine != nullptr || driver::is_known_elsewhere(scheme);
    const std::string what = known ? fmt::format("names a {} database", scheme)
                                   : std::string("is no URL of a database that Gander knows");
    throw Error(known ? ErrorCode::unsupported : ErrorCode::usage,
                fmt::format("no database was named, and DATABASE_URL {}", what),
                fmt::format("Gander has {}: --db sqlite:app.db, or set GANDER_DB",
                            driver::openable_engines()));
  }
  if (console_->verbose()) {
    console_->err(fmt::format("The database is the one that DATABASE_URL names: {}\n",
                              printable(redacted(url))));
  }
}

void Call::confirm(std::string_view what) {
  const Config& settings = config();
  if (!settings.protect || on("yes")) return;
  const std::string name = !settings.profile.empty() ? settings.profile : database_;
  const std::string shown = settings.profile.empty()
                                ? fmt::format("the database {}", printable(database_))
                                : fmt::format("the profile {}", printable(settings.profile));
  const bool can_ask = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1 &&
                       !console_->json() && !name.empty();
  if (can_ask) {
    console_->err(fmt::format("{} is protected, and this is {}.\nType {} to go on: ", shown, what,
                              printable(name)));
    std::string answer;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
      answer += static_cast<char>(c);
    }
    if (answer == name) return;
    throw Error(ErrorCode::usage, fmt::format("{} was not confirmed: nothing was done", what));
  }
  throw Error(ErrorCode::usage, fmt::format("{} is protected: {} needs --yes", shown, what),
              "look where this would run (gander config), then say --yes");
}

MigrationRunner Call::runner(Observer* observer) {
  Options options = config().options;
  options.observer = observer;
  // Called with goose's words, it stops where goose stops.
  if (config().database && !config().database->driver.empty()) {
    options.check_all_first = options.exact_annotations = false;
    options.lint = LintPolicy::off;
  }
  return MigrationRunner(target(), source(), std::move(options));
}

std::vector<std::string> Call::list(Named option) const {
  const std::string all = value(option).value_or("");
  std::vector<std::string> words;
  for (std::size_t from = 0; from <= all.size();) {
    const std::size_t end = std::min(all.find(',', from), all.size());
    if (end > from) words.push_back(all.substr(from, end - from));
    from = end + 1;
  }
  return words;
}

std::string Call::reason() const {
  std::string reason = value("reason").value_or("");
  if (reason.empty()) {
    throw Error(ErrorCode::usage, "a reason is needed: it is kept in the history",
                "--reason \"why this is right\"");
  }
  return reason;
}

JsonHead Call::head() const {
  return {.command = command_ == nullptr ? std::string_view() : command_->name,
          .database = database_};
}

std::int64_t Call::version_argument(std::size_t index) const {
  return parse_version(command_->arguments[index].name, argument(index));
}

std::vector<std::int64_t> Call::version_arguments() const {
  std::vector<std::int64_t> versions;
  for (const std::string& text : arguments_) {
    versions.push_back(parse_version(command_->arguments.back().name, text));
  }
  return versions;
}

std::optional<std::int64_t> Call::version_option(Named option) const {
  const auto text = value(option);
  if (!text) return std::nullopt;
  return parse_version(fmt::format("--{}", option->name), *text);
}

}  // namespace gander::cli
