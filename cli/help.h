// SPDX-License-Identifier: MIT
// Help, made from the command table: for the terminal and, as Markdown, for docs/cli.md.
#pragma once

#include <string>

#include "cli/commands.h"
#include "cli/output/terminal.h"

namespace gander::cli {

std::string help_overview(const Terminal& terminal);
std::string help_command(const Command& command, const Terminal& terminal);

// The whole reference. docs/cli.md is this text; a test compares them.
std::string help_markdown();

// "gander up [OPTIONS]", "gander resolve VERSION [OPTIONS]".
std::string usage_line(const Command& command);

// "-d, --db URL" or "--strict".
std::string option_names(const Option& option);

// "Use --json ..." style sentence with the choices of the option, if it has any.
std::string option_help(const Option& option);

}  // namespace gander::cli
