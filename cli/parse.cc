// SPDX-License-Identifier: MIT
#include "cli/parse.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <deque>

#include "cli/nearest.h"
#include "cli/secrets.h"
#include "gander/error.h"

namespace gander::cli {
namespace {

[[noreturn]] void usage_error(const Command& command, std::string message, std::string hint = {}) {
  if (hint.empty()) hint = fmt::format("gander help {}", command.name);
  throw Error(ErrorCode::usage, std::move(message), std::move(hint));
}

// An option that is none may be another tool's `-pPASSWORD`: only its letter is shown.
std::string shown_option(const std::string& name) {
  if (name.starts_with("--")) return shown_word(name);
  return name.size() <= 2 ? name : name.substr(0, 2) + "***";
}

[[noreturn]] void unknown_option(const Command& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string_view> names;
  for (const Option* option : options_of(command)) names.push_back(option->name);
  const std::string_view bare = std::string_view(name).substr(name.find_first_not_of('-'));
  const std::string_view near = nearest(bare, names);
  if (bare == "dry-run" || bare == "dry_run" || bare == "dryrun") {
    const bool down = command.name == "down" || command.name == "redo" || command.name == "reset";
    usage_error(command, fmt::format("{} has no option {}", command.name, name),
                fmt::format("gander plan{}", down ? " " + std::string(command.name) : ""));
  }
  usage_error(command, fmt::format("{} has no option {}", command.name, shown_option(name)),
              near.empty() ? "" : fmt::format("--{}", near));
}

std::vector<std::string> split(std::string_view words) {
  std::vector<std::string> result;
  while (!words.empty()) {
    const std::size_t blank = words.find(' ');
    result.emplace_back(words.substr(0, blank));
    words = blank == std::string_view::npos ? std::string_view{} : words.substr(blank + 1);
  }
  return result;
}

void check_choice(const Command& command, std::string_view name, std::string_view choices,
                  const std::string& value) {
  const std::vector<std::string> allowed = split(choices);
  if (allowed.empty() || std::ranges::find(allowed, value) != allowed.end()) return;
  usage_error(command, fmt::format("{} cannot be \"{}\"", name, shown_word(value)),
              fmt::format("one of: {}", fmt::join(allowed, ", ")));
}

// One option while it is parsed. CLI11 keeps references to `text` and `on`.
struct Slot {
  const Option* option;
  CLI::Option* parsed = nullptr;
  std::string text;
  bool on = false;
};

// CLI11 reads `--name=` with nothing after it as a missing value, so the two go apart.
std::vector<std::string> reversed_words(const Command& command, const CommandLine& line) {
  std::vector<std::string> words;
  for (const std::string& text : line.options) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const auto options = options_of(command);
    const auto known = std::ranges::find_if(
        options, [&](const Option* option) { return name == "--" + std::string(option->name); });
    if (known == options.end()) unknown_option(command, text);
    if (!(*known)->takes_value()) {
      words.push_back(text);
      continue;
    }
    if (equals == std::string::npos) {
      usage_error(command, fmt::format("{} needs a value: {}", name, (*known)->value));
    }
    check_choice(command, name, (*known)->choices, text.substr(equals + 1));
    words.push_back(name);
    words.push_back(text.substr(equals + 1));
  }
  std::ranges::reverse(words);
  return words;
}

// What a word that a command does not take was meant to say.
std::string meant_by(const Command& command, const std::string& word) {
  const bool number = !word.empty() && word.size() <= 19 &&
                      word.find_first_not_of("0123456789") == std::string::npos;
  if (number && command.name == "down") {
    return fmt::format(
        "gander down rolls back one; gander down --to {} rolls back everything above version {}",
        word, word);
  }
  if (number && command.name == "up") {
    return fmt::format("gander up --to {} stops at version {}; gander up --one applies one", word,
                       word);
  }
  if (number && (command.name == "redo" || command.name == "up-by-one")) {
    return fmt::format("gander {} works on one migration: run it again", command.name);
  }
  if (word == "list" || word == "show" || word == "ls" || word == "status") {
    return fmt::format("gander {}", command.name);
  }
  return {};
}

void check_arguments(const Invocation& invocation) {
  const Command& command = *invocation.command;
  const auto& given = invocation.arguments;
  for (std::size_t i = 0; i < command.arguments.size(); ++i) {
    const Argument& argument = command.arguments[i];
    if (i >= given.size()) {
      if (argument.required) {
        usage_error(command, fmt::format("{} needs {}", command.name, argument.name));
      }
      break;
    }
    check_choice(command, argument.name, argument.choices, given[i]);
  }
  if (given.size() > command.arguments.size()) {
    const std::string& word = given[command.arguments.size()];
    usage_error(command, fmt::format("{} does not take \"{}\"", command.name, shown_word(word)),
                meant_by(command, word));
  }
}

}  // namespace

bool Invocation::on(const Option& option) const {
  const auto found = options.find(option.name);
  return found != options.end() && found->second == "true";
}

std::optional<std::string> Invocation::value(const Option& option) const {
  const auto found = options.find(option.name);
  if (found == options.end()) return std::nullopt;
  return found->second;
}

std::string Invocation::argument(std::size_t index) const {
  return index < arguments.size() ? arguments[index] : std::string();
}

Invocation parse(const Command& command, const CommandLine& line) {
  Invocation invocation{
      .command = &command, .options = {}, .arguments = line.arguments, .pair = line.pair};
  check_arguments(invocation);

  CLI::App app;
  app.set_help_flag();
  std::deque<Slot> slots;
  std::vector<std::string> words = reversed_words(command, line);
  for (const Option* option : options_of(command)) {
    const std::string name = "--" + std::string(option->name);
    // To declare every option would take a tenth of the time of a whole `gander status`.
    const bool given = std::ranges::any_of(words, [&](const std::string& word) {
      return word.starts_with(name) && (word.size() == name.size() || word[name.size()] == '=');
    });
    if (!given) continue;
    Slot& slot = slots.emplace_back(Slot{.option = option, .text = {}});
    slot.parsed =
        option->takes_value() ? app.add_option(name, slot.text) : app.add_flag(name, slot.on);
    // As with Go's flags, the last of several wins.
    slot.parsed->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  try {
    app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    usage_error(command, error.what());
  }
  for (const Slot& slot : slots) {
    if (slot.parsed->count() == 0) continue;
    invocation.options.emplace(
        slot.option->name, slot.option->takes_value() ? slot.text : (slot.on ? "true" : "false"));
  }
  return invocation;
}

}  // namespace gander::cli
