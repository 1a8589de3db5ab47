// SPDX-License-Identifier: MIT
#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "cli/output/text.h"

namespace gander::cli {
namespace {

constexpr int kWidth = 80;

std::string heading(const Terminal& terminal, std::string_view text) {
  return paint(terminal, Color::bold, text) + "\n";
}

// Two columns: what, and a text that wraps within its column.
std::string item(std::string_view what, std::string_view text, int column) {
  constexpr int kIndent = 2;
  std::string result = std::string(kIndent, ' ') + std::string(what);
  const std::string body = wrapped(text, column, kWidth);
  const int used = kIndent + display_width(what);
  if (used + 2 > column) return result + "\n" + body + "\n";
  return result + std::string(static_cast<std::size_t>(column - used), ' ') +
         body.substr(std::min(body.size(), static_cast<std::size_t>(column))) + "\n";
}

std::string options_text(std::span<const Option* const> options) {
  constexpr int kColumn = 30;
  std::string text;
  for (const Option* option : options) {
    // Names line up whether or not they have a short form.
    const std::string indent = option->letter == 0 ? "    " : "";
    text += item(indent + option_names(*option), option_help(*option), kColumn);
  }
  return text;
}

std::vector<ExitCodeText> exit_codes_of(const Command& command) {
  std::vector<ExitCodeText> result;
  for (const ExitCodeText& code : exit_codes()) {
    // 0 and 2 may come from any command; 143 goes with 130.
    const int listed = code.code == 143 ? 130 : code.code;
    const bool always = code.code == 0 || code.code == 2;
    if (always || std::ranges::find(command.exit_codes, listed) != command.exit_codes.end()) {
      result.push_back(code);
    }
  }
  return result;
}

std::vector<std::string_view> paragraphs(std::string_view text) {
  std::vector<std::string_view> result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    result.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return result;
}

std::string example_text(const Example& example) {
  return fmt::format("  # {}\n  {}\n", example.comment, example.line);
}

}  // namespace

std::string option_names(const Option& option) {
  std::string text = option.letter == 0 ? "" : fmt::format("-{}, ", option.letter);
  text += fmt::format("--{}", option.name);
  return option.takes_value() ? text + " " + std::string(option.value) : text;
}

std::string option_help(const Option& option) {
  if (option.choices.empty()) return std::string(option.help);
  return fmt::format("{}: {}", option.help, listed(option.choices));
}

std::string setting_help(const Option& setting) {
  return setting.is_inverse() ? fmt::format("false: {}", option_help(setting))
                              : option_help(setting);
}

std::string shared_options(const Command& command) {
  std::string text;
  for (const Option* option : options_of(command.verb)) {
    if (option->section == Section::command) continue;
    text += fmt::format("{}--{}", text.empty() ? "" : ", ", option->name);
  }
  return text;
}

std::string usage_line(const Command& command) {
  std::string text = fmt::format("gander {}", command.name);
  for (const Argument& argument : command.arguments) {
    const std::string name = fmt::format("{}{}", argument.name, argument.many ? "..." : "");
    text += argument.required ? fmt::format(" {}", name) : fmt::format(" [{}]", name);
  }
  return text + " [OPTIONS]";
}

std::string help_overview(const Terminal& terminal) {
  constexpr int kColumn = 16;
  std::string text =
      "gander applies database migrations: numbered SQL files, each exactly once.\n\n";
  text += heading(terminal, "Usage");
  text += "  gander --db URL COMMAND [OPTIONS]\n  gander DRIVER DBSTRING COMMAND [OPTIONS]\n";
  std::string_view group;
  for (const Command& command : commands()) {
    if (command.group != group) {
      group = command.group;
      text += "\n" + heading(terminal, group);
    }
    text += item(command.name, command.summary, kColumn);
  }
  text += "\n" + heading(terminal, "First steps");
  text +=
      "  gander create add_users             # a file in ./migrations: write the SQL\n"
      "  gander --db sqlite:app.db up        # apply what is pending\n"
      "  gander --db sqlite:app.db status    # see what is applied\n"
      "\n"
      "gander help COMMAND explains a command. Settings may also stand in the\n"
      "environment (GANDER_DB, GANDER_DIR, goose's GOOSE_*), in .env and in gander.toml;\n"
      "gander config shows them. Called as goose, or as gander goose, it behaves as goose.\n";
  return text;
}

std::string help_command(const Command& command, const Terminal& terminal) {
  std::string text = std::string(command.summary) + ".\n\n";
  text += heading(terminal, "Usage") + "  " + usage_line(command) + "\n\n";
  text += heading(terminal, "When to use it") + wrapped(command.when, 2, kWidth) + "\n";
  for (std::string_view paragraph : paragraphs(command.details)) {
    text += "\n" + wrapped(paragraph, 2, kWidth) + "\n";
  }
  if (!command.arguments.empty()) text += "\n" + heading(terminal, "Arguments");
  for (const Argument& argument : command.arguments) {
    std::string help(argument.help);
    if (!argument.choices.empty()) help += fmt::format(": {}", argument.choices);
    text += item(argument.name, help, 16);
  }
  for (const SectionTitle& section : kSections) {
    const std::vector<const Option*> options = options_of(command.verb, section.section);
    if (options.empty()) continue;
    text += "\n" + heading(terminal, section.title) + options_text(options);
  }
  text += "\n" + heading(terminal, "Exit codes");
  for (const ExitCodeText& code : exit_codes_of(command)) {
    text += item(std::to_string(code.code), code.text, 8);
  }
  text += "\n" + heading(terminal, "Examples");
  for (const Example& example : command.examples) text += example_text(example);
  return text;
}

}  // namespace gander::cli
