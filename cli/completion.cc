// SPDX-License-Identifier: MIT
#include "cli/completion.h"

#include <fmt/format.h>

#include <vector>

#include "cli/commands.h"
#include "cli/options.h"

namespace gander::cli {
namespace {

std::string command_names() {
  std::string text;
  for (const Command& command : commands()) {
    text += fmt::format("{}{}", text.empty() ? "" : " ", command.name);
  }
  return text;
}

// For text between single quotes.
std::string shell_quoted(std::string_view text) {
  std::string result;
  for (char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result;
}

std::string bash_values(std::string_view choices, Completion completion) {
  if (!choices.empty()) return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$word\"))", choices);
  switch (completion) {
    case Completion::file:
      return "COMPREPLY=($(compgen -f -- \"$word\"))";
    case Completion::directory:
      return "COMPREPLY=($(compgen -d -- \"$word\"))";
    case Completion::command:
      return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$word\"))", command_names());
    case Completion::nothing:
      break;
  }
  return "COMPREPLY=()";
}

std::string bash_script() {
  std::string text =
      "# bash completion for gander. Load it with: source <(gander completion bash)\n"
      "_gander() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= i\n"
      "  case $before in\n";
  for (const Option& option : kOptions) {
    if (!option.takes_value()) continue;
    const std::string letter = option.letter == 0 ? "" : fmt::format("-{}|", option.letter);
    text += fmt::format("    {}--{}|-{}) {}; return ;;\n", letter, option.name, option.name,
                        bash_values(option.choices, option.completion));
  }
  text +=
      "  esac\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case ${COMP_WORDS[i]} in\n";
  text += fmt::format("      {}) command=${{COMP_WORDS[i]}}; break ;;\n", [] {
    std::string names;
    for (const Command& command : commands()) {
      names += fmt::format("{}{}", names.empty() ? "" : "|", command.name);
    }
    return names;
  }());
  text +=
      "    esac\n"
      "  done\n"
      "  local options\n"
      "  case $command in\n";
  for (const Command& command : commands()) {
    std::string names;
    for (const Option* option : options_of(command.verb)) {
      names += fmt::format("{}--{}", names.empty() ? "" : " ", option->name);
    }
    std::string values = ":";
    if (!command.arguments.empty()) {
      const Argument& argument = command.arguments[0];
      values = bash_values(argument.choices, argument.completion);
    }
    text += fmt::format("    {}) options='{}'; {} ;;\n", command.name, names, values);
  }
  text += fmt::format(
      "    *) options='--db --dir --help --version'; COMPREPLY=($(compgen -W '{}' -- \"$word\")) "
      ";;\n",
      command_names());
  text +=
      "  esac\n"
      "  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W \"$options\" -- \"$word\")); fi\n"
      "}\n"
      "complete -o default -F _gander gander\n";
  return text;
}

// Brackets and colons have a meaning in the specifications of _arguments.
std::string zsh_quoted(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '[' || c == ']' || c == ':') result += '\\';
    result += c;
  }
  return shell_quoted(result);
}

std::string zsh_action(std::string_view choices, Completion completion) {
  if (!choices.empty()) return fmt::format("({})", choices);
  switch (completion) {
    case Completion::file:
      return "_files";
    case Completion::directory:
      return "_files -/";
    case Completion::command:
      return fmt::format("({})", command_names());
    case Completion::nothing:
      break;
  }
  return " ";
}

std::string zsh_option(const Option& option) {
  std::string text;
  const std::string value =
      option.takes_value()
          ? fmt::format(":{}:{}", option.value, zsh_action(option.choices, option.completion))
          : "";
  const std::string help = zsh_quoted(option.help);
  text += fmt::format(" \\\n        '--{}{}[{}]{}'", option.name, option.takes_value() ? "=" : "",
                      help, value);
  if (option.letter != 0)
    text += fmt::format(" \\\n        '-{}[{}]{}'", option.letter, help, value);
  return text;
}

std::string zsh_script() {
  std::string text =
      "#compdef gander\n"
      "# zsh completion for gander. Put it into a directory of fpath as _gander.\n"
      "_gander() {\n"
      "  local curcontext=$curcontext state line\n"
      "  local -a commands\n"
      "  commands=(\n";
  for (const Command& command : commands()) {
    text += fmt::format("    '{}:{}'\n", command.name, shell_quoted(command.summary));
  }
  text +=
      "  )\n"
      "  _arguments -C '--db=[The database]:URL: ' '--dir=[Directory of the "
      "migrations]:DIR:_files -/' \\\n"
      "    '1: :->command' '*:: :->rest'\n"
      "  case $state in\n"
      "    command) _describe -t commands command commands ;;\n"
      "    rest) case $line[1] in\n";
  for (const Command& command : commands()) {
    text += fmt::format("      {}) _arguments", command.name);
    for (const Option* option : options_of(command.verb)) text += zsh_option(*option);
    for (const Argument& argument : command.arguments) {
      text += fmt::format(" \\\n        '{}:{}:{}'", argument.many ? "*" : "", argument.name,
                          zsh_action(argument.choices, argument.completion));
    }
    text += " ;;\n";
  }
  text +=
      "    esac ;;\n"
      "  esac\n"
      "}\n"
      "if [ \"$funcstack[1]\" = _gander ]; then _gander \"$@\"; else compdef _gander gander; fi\n";
  return text;
}

std::string fish_option(const Option& option, std::string_view command) {
  std::string text = fmt::format("complete -c gander -n '__fish_seen_subcommand_from {}' -l {}",
                                 command, option.name);
  if (option.letter != 0) text += fmt::format(" -s {}", option.letter);
  if (!option.choices.empty()) {
    text += fmt::format(" -x -a '{}'", option.choices);
  } else if (option.takes_value()) {
    const bool path = option.completion != Completion::nothing;
    text += path ? " -r -F" : " -x";
  }
  return text + fmt::format(" -d '{}'\n", shell_quoted(option.help));
}

std::string fish_script() {
  std::string text =
      "# fish completion for gander. Put it into ~/.config/fish/completions/gander.fish\n"
      "complete -c gander -f\n";
  for (const Command& command : commands()) {
    text += fmt::format("complete -c gander -n __fish_use_subcommand -a {} -d '{}'\n", command.name,
                        shell_quoted(command.summary));
  }
  for (const Command& command : commands()) {
    for (const Option* option : options_of(command.verb))
      text += fish_option(*option, command.name);
    for (const Argument& argument : command.arguments) {
      std::string choices(argument.choices);
      if (argument.completion == Completion::command) choices = command_names();
      if (choices.empty() && argument.completion == Completion::file) {
        text += fmt::format("complete -c gander -n '__fish_seen_subcommand_from {}' -F\n",
                            command.name);
      } else if (!choices.empty()) {
        text += fmt::format("complete -c gander -n '__fish_seen_subcommand_from {}' -a '{}'\n",
                            command.name, choices);
      }
    }
  }
  return text;
}

}  // namespace

std::string completion_script(std::string_view shell) {
  if (shell == "bash") return bash_script();
  if (shell == "zsh") return zsh_script();
  if (shell == "fish") return fish_script();
  return {};
}

}  // namespace gander::cli
