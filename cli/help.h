// SPDX-License-Identifier: MIT
// Help, made from the command table: for the terminal and, as Markdown, for docs/cli.md.
#pragma once

#include <string>
#include <string_view>

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

// What it is for, with its choices if it has any.
std::string option_help(const Option& option);

// The same for the key: what `false` says where the switch is a --no-...
std::string setting_help(const Option& setting);

// The options of a command that others have as well: "--db, --table".
std::string shared_options(const Command& command);

// Where the database may come from besides.
inline constexpr std::string_view kOtherVariables =
    "The database may come from goose's GOOSE_DRIVER and GOOSE_DBSTRING too, both or none, after "
    "GANDER_DB; and last of all, after gander.toml, from DATABASE_URL.";

}  // namespace gander::cli
