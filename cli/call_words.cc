// SPDX-License-Identifier: MIT
// How a Call reads its words, and what it finds wrong with them.
#include <fmt/format.h>

#include <algorithm>

#include "cli/call.h"
#include "cli/nearest.h"
#include "cli/secrets.h"
#include "gander/error.h"
#include "src/driver/engine.h"

namespace gander::cli {
namespace {

const Option* find_letter(char letter) {
  const auto* found = std::ranges::find(kOptions, letter, &Option::letter);
  return found == std::end(kOptions) ? nullptr : found;
}

// Several switches behind one dash: -qv.
bool all_switches(std::string_view letters) {
  return !letters.empty() && std::ranges::all_of(letters, [](char letter) {
    const Option* option = find_letter(letter);
    return option != nullptr && !option->takes_value();
  });
}

class WordReader {
 public:
  explicit WordReader(const std::vector<std::string>& args) : args_(args) {}

  void read(std::vector<GivenOption>* options, std::vector<std::string>* words) {
    while (next_ < args_.size()) {
      const std::string& word = args_[next_++];
      if (word == "--") {
        words->insert(words->end(), args_.begin() + static_cast<std::ptrdiff_t>(next_),
                      args_.end());
        return;
      }
      // A lone dash and a negative number are values, not options.
      const bool option = word.size() > 1 && word[0] == '-' && (word[1] < '0' || word[1] > '9');
      if (option) {
        read_option(word, options);
      } else {
        words->push_back(word);
      }
    }
  }

 private:
  void read_option(const std::string& word, std::vector<GivenOption>* options) {
    const bool single_dash = word[1] != '-';
    const std::string_view body = std::string_view(word).substr(single_dash ? 1 : 2);
    const std::size_t equals = body.find('=');
    const std::string_view name = body.substr(0, equals);
    const Option* option =
        name.size() == 1 && single_dash ? find_letter(name[0]) : find_option(name);
    if (option != nullptr) {
      std::optional<std::string> text;
      if (equals != std::string_view::npos) text = body.substr(equals + 1);
      options->push_back(given(*option, std::move(text)));
    } else if (single_dash && all_switches(body)) {
      for (char letter : body) options->push_back(given(*find_letter(letter), {}));
    } else {
      options->push_back({nullptr, word, {}});
    }
  }

  GivenOption given(const Option& option, std::optional<std::string> text) {
    if (!option.takes_value()) {
      const std::optional<bool> on = text ? parse_boolean(*text) : true;
      if (on) text = *on ? "true" : "false";
    } else if (!text && next_ < args_.size()) {
      text = args_[next_++];
    }
    return {&option, fmt::format("--{}", option.name), std::move(text)};
  }

  const std::vector<std::string>& args_;
  std::size_t next_ = 0;
};

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
  const std::string_view bare = std::string_view(name).substr(name.find_first_not_of('-'));
  if (bare == "dry-run" || bare == "dry_run" || bare == "dryrun") {
    const bool down = command.name == "down" || command.name == "redo" || command.name == "reset";
    usage_error(command, fmt::format("{} has no option {}", command.name, name),
                fmt::format("gander plan{}", down ? " " + std::string(command.name) : ""));
  }
  std::vector<std::string_view> names;
  for (const Option* option : options_of(command.verb)) names.push_back(option->name);
  const std::string_view near = nearest(bare, names);
  usage_error(command, fmt::format("{} has no option {}", command.name, shown_option(name)),
              near.empty() ? "" : fmt::format("--{}", near));
}

[[noreturn]] void foreign_option(const Command& command, const Option& option) {
  std::vector<std::string_view> names;
  for (const Command& other : commands()) {
    if (option.concerns(other.verb) && other.verb != kConfig) names.push_back(other.name);
  }
  const std::string elsewhere =
      option.is_setting() ? fmt::format(
                                "; as a setting it may stay in the environment ({}) and in "
                                "gander.toml",
                                option.variable())
                          : std::string();
  const std::string hint = names.empty() ? fmt::format("gander --{} stands alone", option.name)
                                         : fmt::format("leave it out: it is for {}{}",
                                                       fmt::join(names, ", "), elsewhere);
  usage_error(command, fmt::format("--{} does not concern {}", option.name, command.name), hint);
}

void check_choice(const Command& command, std::string_view name, std::string_view choices,
                  const std::string& value) {
  if (choices.empty() || choice_index(choices, value)) return;
  usage_error(command, fmt::format("{} cannot be \"{}\"", name, shown_word(value)),
              fmt::format("one of: {}", listed(choices)));
}

void check_option(const Command& command, const GivenOption& given) {
  if (given.option == nullptr) unknown_option(command, given.word);
  const Option& option = *given.option;
  if (!option.concerns(command.verb)) foreign_option(command, option);
  if (!given.text) {
    usage_error(command, fmt::format("{} needs a value: {}", given.word, option.value));
  }
  check_choice(command, given.word, option.takes_value() ? option.choices : "true false",
               *given.text);
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

}  // namespace

bool is_driver_name(std::string_view word) {
  return driver::engine_of_driver(word) != nullptr || driver::is_known_elsewhere(word);
}

void Call::read(const std::vector<std::string>& args) {
  std::vector<std::string> words;
  WordReader(args).read(&options_, &words);

  std::size_t used = 0;
  if (!words.empty() && find_command(words[0]) == nullptr && is_driver_name(words[0])) {
    pair_ = DriverPair{.driver = words[0], .dbstring = {}};
    used = 1;
    // `sqlite3 up` takes the database from GOOSE_DBSTRING; `sqlite3 up up` is a file named up.
    const bool command_next = words.size() > 1 && find_command(words[1]) != nullptr;
    const bool command_after = words.size() > 2 && find_command(words[2]) != nullptr;
    if (words.size() > 1 && (!command_next || command_after)) pair_->dbstring = words[used++];
  }
  if (used < words.size()) word_ = words[used++];
  arguments_.assign(words.begin() + static_cast<std::ptrdiff_t>(used), words.end());
  command_ = find_command(word_);
}

void Call::check() const {
  check_arguments();
  for (const GivenOption& given : options_) check_option(*command_, given);
}

void Call::check_arguments() const {
  const Command& command = *command_;
  for (std::size_t i = 0; i < command.arguments.size(); ++i) {
    const Argument& argument = command.arguments[i];
    if (i < arguments_.size()) {
      check_choice(command, argument.name, argument.choices, arguments_[i]);
    } else if (argument.required) {
      usage_error(command, fmt::format("{} needs {}", command.name, argument.name));
    }
  }
  const bool many = !command.arguments.empty() && command.arguments.back().many;
  if (arguments_.size() > command.arguments.size() && !many) {
    const std::string& word = arguments_[command.arguments.size()];
    usage_error(command, fmt::format("{} does not take \"{}\"", command.name, shown_word(word)),
                meant_by(command, word));
  }
}

std::optional<std::string> Call::value(const Option& option) const {
  std::optional<std::string> text;
  for (const GivenOption& given : options_) {
    if (given.option == &option) text = given.text;
  }
  return text;
}

std::string Call::argument(std::size_t index) const {
  return index < arguments_.size() ? arguments_[index] : std::string();
}

}  // namespace gander::cli
