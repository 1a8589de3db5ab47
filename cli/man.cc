// SPDX-License-Identifier: MIT
#include "cli/man.h"

#include <fmt/format.h>

#include <string_view>

#include "cli/commands.h"
#include "cli/help.h"
#include "cli/options.h"
#include "src/base/version.h"

namespace gander::cli {
namespace {

// Text as roff: backslashes and dashes are kept, and no line begins with a request.
std::string roff(std::string_view text) {
  std::string result;
  bool line_start = true;
  for (char c : text) {
    if (line_start && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '\'') {
      result += "\\(aq";
    } else if (c == '`') {
      result += "\\(ga";
    } else {
      result += c;
    }
    line_start = c == '\n';
  }
  return result;
}

std::string term(std::string_view name, std::string_view text) {
  return fmt::format(".TP\n.B {}\n{}\n", roff(name), roff(text));
}

std::string options_text(std::span<const Option* const> options) {
  std::string text;
  for (const Option* option : options) text += term(option_names(*option), option_help(*option));
  return text;
}

std::string command_text(const Command& command) {
  std::string text = fmt::format(".SS {}\n{}.\n", roff(usage_line(command)), roff(command.summary));
  text += fmt::format(".PP\n{}\n", roff(command.when));
  if (!command.details.empty()) text += fmt::format(".PP\n{}\n", roff(command.details));
  for (const Argument& argument : command.arguments) {
    std::string help(argument.help);
    if (!argument.choices.empty()) help += fmt::format(": {}", argument.choices);
    text += term(argument.name, help);
  }
  text += options_text(options_of(command.verb, Section::command));
  text += fmt::format(".PP\nFurther options: {}.\n", roff(shared_options(command)));
  for (const Example& example : command.examples) {
    text += fmt::format(".PP\n.nf\n# {}\n{}\n.fi\n", roff(example.comment), roff(example.line));
  }
  return text;
}

std::string environment_text() {
  std::string text;
  for (const Option& setting : kOptions) {
    if (!setting.is_setting()) continue;
    std::string names = setting.variable();
    if (!setting.goose_variable.empty()) names += fmt::format(", {}", setting.goose_variable);
    text += term(names, fmt::format("{}. In gander.toml: {}.", setting_help(setting), setting.key));
  }
  return text;
}

constexpr std::string_view kDescription =
    "applies numbered SQL files, the migrations, to a database: each exactly once, in order of "
    "version, whatever crashes and however many start at the same time. Files and version table "
    "are "
    "those of goose.\n";

}  // namespace

std::string man_page() {
  std::string text =
      fmt::format(".TH GANDER 1 \"\" \"gander {}\" \"User Commands\"\n", gander_version_string());
  text += ".SH NAME\ngander \\- apply database migrations\n";
  text +=
      ".SH SYNOPSIS\n.B gander\n\\-\\-db URL COMMAND [OPTIONS]\n.br\n.B gander\n"
      "DRIVER DBSTRING COMMAND [OPTIONS]\n";
  text += ".SH DESCRIPTION\n.B gander\n" + roff(kDescription);
  text += ".SH COMMANDS\n";
  for (const Command& command : commands()) text += command_text(command);
  text += ".SH OPTIONS\n";
  for (const SectionTitle& section : kSections) {
    if (section.section == Section::command) continue;
    text += fmt::format(".SS {}\n", section.title) + options_text(options_of(0, section.section));
  }
  text +=
      ".SH ENVIRONMENT\nAn option wins over the environment, the environment over gander.toml, "
      "and that over the default. " +
      roff(kOtherVariables) + "\n" + environment_text();
  text += ".SH FILES\n" +
          term("gander.toml",
               "Settings of a project, in the working directory or above it, up to "
               "the root of the repository.") +
          term(".env", "Variables for the environment, in the working directory.");
  text += ".SH EXIT STATUS\n";
  for (const ExitCodeText& code : exit_codes()) text += term(std::to_string(code.code), code.text);
  return text;
}

}  // namespace gander::cli
