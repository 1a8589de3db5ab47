// SPDX-License-Identifier: MIT
#include "cli/arguments.h"

#include <algorithm>
#include <utility>

#include "cli/commands.h"
#include "src/driver/engine.h"

namespace gander::cli {
namespace {

const Option* find_long(std::string_view name) {
  const auto& options = all_options();
  const auto found = std::ranges::find(options, name, &Option::name);
  return found == options.end() ? nullptr : *found;
}

const Option* find_letter(char letter) {
  const auto& options = all_options();
  const auto found = std::ranges::find(options, letter, &Option::letter);
  return found == options.end() ? nullptr : *found;
}

std::string long_form(const Option& option) { return "--" + std::string(option.name); }

// Several switches behind one dash: -qv.
bool all_switches(std::string_view letters) {
  return !letters.empty() && std::ranges::all_of(letters, [](char letter) {
    const Option* option = find_letter(letter);
    return option != nullptr && !option->takes_value();
  });
}

class Reader {
 public:
  explicit Reader(const std::vector<std::string>& args) : args_(args) {}

  void read(CommandLine* line, std::vector<std::string>* words) {
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
        read_option(word, line);
      } else {
        words->push_back(word);
      }
    }
  }

 private:
  void read_option(const std::string& word, CommandLine* line) {
    const std::string_view body = std::string_view(word).substr(word[1] == '-' ? 2 : 1);
    const std::size_t equals = body.find('=');
    const std::string_view name = body.substr(0, equals);
    const bool single_dash = word[1] != '-';

    const Option* option = name.size() == 1 && single_dash ? find_letter(name[0]) : find_long(name);
    if (option != nullptr) {
      if (equals != std::string_view::npos) {
        line->options.push_back(long_form(*option) + std::string(body.substr(equals)));
      } else {
        add(*option, line);
      }
      return;
    }
    if (single_dash && all_switches(body)) {
      for (char letter : body) line->options.push_back(long_form(*find_letter(letter)));
      return;
    }
    line->options.push_back(word);
  }

  void add(const Option& option, CommandLine* line) {
    std::string text = long_form(option);
    if (option.takes_value() && next_ < args_.size()) text += "=" + args_[next_++];
    line->options.push_back(std::move(text));
  }

  const std::vector<std::string>& args_;
  std::size_t next_ = 0;
};

}  // namespace

bool CommandLine::has(std::string_view option) const {
  return std::ranges::any_of(options, [&](const std::string& text) {
    return text.size() == option.size() + 2 && text.ends_with(option) && text.starts_with("--");
  });
}

bool is_driver_name(std::string_view word) {
  return driver::engine_of_driver(word) != nullptr || driver::is_known_elsewhere(word);
}

CommandLine read_command_line(const std::vector<std::string>& args) {
  CommandLine line;
  std::vector<std::string> words;
  Reader(args).read(&line, &words);

  std::size_t used = 0;
  if (!words.empty() && find_command(words[0]) == nullptr && is_driver_name(words[0])) {
    line.pair = DriverPair{.driver = words[0], .dbstring = {}};
    used = 1;
    // `sqlite3 up` takes the database from GOOSE_DBSTRING; `sqlite3 up up` is a file named up.
    const bool command_next = words.size() > 1 && find_command(words[1]) != nullptr;
    const bool command_after = words.size() > 2 && find_command(words[2]) != nullptr;
    if (words.size() > 1 && (!command_next || command_after)) line.pair->dbstring = words[used++];
  }
  if (used < words.size()) line.command = words[used++];
  line.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(used), words.end());
  return line;
}

}  // namespace gander::cli
