// SPDX-License-Identifier: MIT
#include "cli/commands.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "cli/call.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "tests/support/fake_system.h"

namespace gander::cli {
namespace {

TEST(CommandTable, HasEachNameOnce) {
  std::set<std::string_view> names;
  for (const Command& command : commands()) EXPECT_TRUE(names.insert(command.name).second);
  std::uint64_t verbs = 0;
  for (const Command& command : commands()) {
    EXPECT_EQ(verbs & command.verb, 0u) << command.name;
    verbs |= command.verb;
  }
}

TEST(CommandTable, NoCommandIsADriversName) {
  for (const Command& command : commands()) EXPECT_FALSE(is_driver_name(command.name));
}

TEST(CommandTable, SaysEverythingOfEachCommand) {
  for (const Command& command : commands()) {
    EXPECT_FALSE(command.summary.empty()) << command.name;
    EXPECT_FALSE(command.when.empty()) << command.name;
    EXPECT_FALSE(command.group.empty()) << command.name;
    EXPECT_FALSE(command.examples.empty()) << command.name;
    EXPECT_NE(command.run, nullptr) << command.name;
    EXPECT_FALSE(command.summary.ends_with('.')) << command.name;
  }
}

// The part of an example that is a call of gander, as words.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words{""};
  bool quoted = false;
  for (char c : line.substr(line.find("gander") + 6)) {
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '>' || c == '|' || c == ')')) {
      break;
    } else if (c == ' ' && !quoted) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  std::erase(words, "");
  return words;
}

TEST(CommandTable, ExamplesParse) {
  for (const Command& command : commands()) {
    for (const Example& example : command.examples) {
      FakeSystem system;
      const Call call(words_of(example.line), system);
      EXPECT_EQ(call.command(), &command) << example.line;
      EXPECT_NO_THROW(call.check()) << example.line;
    }
  }
}

TEST(CommandTable, ExitCodesAreExplained) {
  for (const Command& command : commands()) {
    for (int code : command.exit_codes) {
      EXPECT_TRUE(std::ranges::any_of(exit_codes(), [&](const ExitCodeText& text) {
        return text.code == code;
      })) << code;
    }
  }
}

TEST(Help, NamesEveryCommandAndOption) {
  const std::string overview = help_overview(Terminal{});
  const std::string markdown = help_markdown();
  for (const Command& command : commands()) {
    const std::string name(command.name);
    EXPECT_NE(overview.find("\n  " + name), std::string::npos) << name;
    EXPECT_NE(markdown.find("### gander " + name + "\n"), std::string::npos) << name;
    const std::string help = help_command(command, Terminal{});
    for (const Option* option : options_of(command.verb)) {
      EXPECT_NE(help.find("--" + std::string(option->name)), std::string::npos) << option->name;
    }
  }
}

TEST(Help, FitsIntoEightyColumns) {
  for (const Command& command : commands()) {
    const std::string help = help_command(command, Terminal{});
    std::string_view rest = help;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      EXPECT_LE(end, 80u) << rest.substr(0, end);
      EXPECT_FALSE(rest.substr(0, end).ends_with(' ')) << rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

TEST(ExitCode, SaysWhatToDoNext) {
  EXPECT_EQ(exit_code_of(ErrorCode::sql, 0), 1);
  EXPECT_EQ(exit_code_of(ErrorCode::usage, 0), 2);
  EXPECT_EQ(exit_code_of(ErrorCode::unsupported, 0), 2);
  EXPECT_EQ(exit_code_of(ErrorCode::invalid_migration, 0), 3);
  EXPECT_EQ(exit_code_of(ErrorCode::not_found, 0), 3);
  EXPECT_EQ(exit_code_of(ErrorCode::out_of_order, 0), 3);
  EXPECT_EQ(exit_code_of(ErrorCode::edited, 0), 3);
  EXPECT_EQ(exit_code_of(ErrorCode::in_doubt, 0), 4);
  EXPECT_EQ(exit_code_of(ErrorCode::locked, 0), 5);
  EXPECT_EQ(exit_code_of(ErrorCode::connection, 0), 6);
  EXPECT_EQ(exit_code_of(ErrorCode::storage, 0), 6);
  EXPECT_EQ(exit_code_of(ErrorCode::not_writable, 0), 6);
  EXPECT_EQ(exit_code_of(ErrorCode::interrupted, 0), 8);
  EXPECT_EQ(exit_code_of(ErrorCode::interrupted, 2), 130);
  EXPECT_EQ(exit_code_of(ErrorCode::interrupted, 15), 143);
  EXPECT_EQ(exit_code_of(ErrorCode::internal, 0), 70);
}

}  // namespace
}  // namespace gander::cli
