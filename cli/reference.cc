// SPDX-License-Identifier: MIT
// help_markdown(): the tables of commands and options as docs/cli.md.
#include <fmt/format.h>

#include "cli/help.h"
#include "cli/options.h"

namespace gander::cli {
namespace {

// For a cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '|' || c == '<') result += '\\';
    result += c;
  }
  return result;
}

std::string options_table(std::span<const Option* const> options) {
  std::string text = "| option | |\n|---|---|\n";
  for (const Option* option : options) {
    text += fmt::format("| `{}` | {} |\n", option_names(*option), cell(option_help(*option)));
  }
  return text + "\n";
}

std::string exit_code_list(const Command& command) {
  std::string text = "0";
  for (int code : command.exit_codes) text += fmt::format(", {}", code);
  return text + ", 2";
}

std::string command_text(const Command& command) {
  std::string text = fmt::format("### gander {}\n\n{}.\n\n```\n{}\n```\n\n", command.name,
                                 command.summary, usage_line(command));
  text += fmt::format("When to use it: {}\n\n", command.when);
  if (!command.details.empty()) text += fmt::format("{}\n\n", command.details);
  for (const Argument& argument : command.arguments) {
    text += fmt::format("- `{}`: {}{}{}\n", argument.name, argument.help,
                        argument.choices.empty() ? "" : ": ", argument.choices);
  }
  if (!command.arguments.empty()) text += "\n";
  const auto own = options_of(command.verb, Section::command);
  if (!own.empty()) text += options_table(own);
  text +=
      fmt::format("[Further options](#options-of-many-commands): `{}`. ", shared_options(command));
  text += fmt::format("[Exit codes](#exit-codes): {}.\n\n```sh\n", exit_code_list(command));
  for (const Example& example : command.examples) {
    text += fmt::format("{}    # {}\n", example.line, example.comment);
  }
  return text + "```\n\n";
}

std::string settings_table() {
  std::string text =
      "| gander.toml | environment | option | default | |\n"
      "|---|---|---|---|---|\n";
  for (const Option& setting : kOptions) {
    if (!setting.is_setting()) continue;
    std::string variables = fmt::format("`{}`", setting.variable());
    if (!setting.goose_variable.empty()) variables += fmt::format(", `{}`", setting.goose_variable);
    const std::string value =
        setting.default_text.empty() ? std::string() : fmt::format("`{}`", setting.default_text);
    text += fmt::format("| `{}` | {} | `--{}` | {} | {} |\n", setting.key, variables, setting.name,
                        value, cell(setting_help(setting)));
  }
  return text + "\n";
}

constexpr std::string_view kIntroduction =
    "# The program\n"
    "\n"
    "This page is made by `gander help --markdown`; change `cli/commands.cc` or `cli/options.h`, "
    "not the page.\n"
    "\n"
    "```\n"
    "gander --db URL COMMAND [OPTIONS]\n"
    "gander DRIVER DBSTRING COMMAND [OPTIONS]      goose's grammar, for example sqlite3 ./app.db "
    "up\n"
    "```\n"
    "\n"
    "Options may stand before or after the command, with one dash or two, as `--dir x` or "
    "`--dir=x`. "
    "Results go to standard output, everything else to standard error. With `--json` every command "
    "prints one object to standard output, also when it fails: see [json.md](json.md).\n"
    "\n"
    "`gander --version` prints the version of the program. Called by the name `goose`, or as "
    "`gander "
    "goose`, it behaves as goose does: see [compatibility.md](compatibility.md).\n"
    "\n";

constexpr std::string_view kFileText =
    "`gander.toml` is looked for in the working directory and, inside a repository, in the "
    "directories above up to the one that holds `.git`. A relative path in it means beside the "
    "file. Unknown keys are errors. `${NAME}` in a text is the variable NAME of the environment; "
    "`$${` is a plain `${`.\n"
    "\n"
    "```toml\n"
    "dir = \"db/migrations\"\n"
    "default_profile = \"dev\"\n"
    "\n"
    "[profile.dev]\n"
    "db = \"sqlite:dev.db\"\n"
    "\n"
    "[profile.prod]\n"
    "db = \"postgres://app:${DB_PASSWORD}@db.internal/app\"\n"
    "strict = true\n"
    "wait = \"10m\"\n"
    "```\n"
    "\n"
    "`--profile` or `GANDER_PROFILE` chooses the profile; a value that the profile lacks comes "
    "from "
    "the top of the file.\n"
    "\n"
    "`.env` in the working directory adds variables to the environment, never over one that is "
    "there. Both files may be UTF-8, or UTF-16 with its byte order mark, with any line ends. "
    "Neither "
    "file is read when it or its directory is writable by everybody or belongs to "
    "another user; a file named by `--env` or `--config` is always read. A `.env` that is there "
    "and "
    "cannot be used ends the run (exit code 2): without it the run might meet another database. "
    "`--env none` reads none.\n"
    "\n"
    "Durations are written `500ms`, `90s`, `1h15m`. `NO_COLOR` and `--no-color` switch colour off, "
    "`FORCE_COLOR` and `CLICOLOR_FORCE` switch it on where there is no terminal.\n"
    "\n";

constexpr std::string_view kPasswordText =
    "A password never appears in what Gander prints: it shows `***` for what it cannot take apart. "
    "A path is shown that ends as databases do (`.db`, `.sqlite`, `.sqlite3`, `.db3`, `.s3db`, "
    "`.sl3`), in a directory that exists. A password is best kept out of the command line, "
    "where "
    "other users of the machine can see it: use `GANDER_DB`, `--db-file`, a variable in "
    "`gander.toml`, or what the database offers (`~/.pgpass`, `PGPASSWORD`).\n"
    "\n";

}  // namespace

std::string help_markdown() {
  std::string text(kIntroduction);
  text += "## Commands\n\n";
  for (const Command& command : commands()) text += command_text(command);
  text += "## Options of many commands\n\n";
  for (const SectionTitle& section : kSections) {
    if (section.section == Section::command) continue;
    text +=
        fmt::format("### {}\n\n", section.title) + options_table(options_of(0, section.section));
  }
  text +=
      "## Environment and gander.toml\n\nAn option wins over the environment, the environment "
      "over `gander.toml`, and that over the default. ";
  text += std::string(kOtherVariables) + "\n\n";
  text += settings_table();
  text += kFileText;
  text += "## Passwords\n\n";
  text += kPasswordText;
  text += "## Exit codes\n\n| code | |\n|---|---|\n";
  for (const ExitCodeText& code : exit_codes()) {
    text += fmt::format("| {} | {} |\n", code.code, cell(code.text));
  }
  return text;
}

}  // namespace gander::cli
