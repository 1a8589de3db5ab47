// SPDX-License-Identifier: MIT
// Passwords taken out of what the user typed, before it is printed.
//
// Target::display_name() is the better answer where a target can be made; this one serves where it
// cannot: a database this build lacks, a URL that is wrong.
#pragma once

#include <string>
#include <string_view>

namespace gander::cli {

// Knows URLs (scheme://user:password@host), keyword strings (password=...), parameters (?password=)
// and the form user:password@net(address). What it replaces becomes "***".
std::string redacted(std::string_view database);

}  // namespace gander::cli
