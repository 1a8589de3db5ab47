// SPDX-License-Identifier: MIT
// Passwords taken out of what the user typed, before it is printed.
//
// Target::display_name() is the better answer where a target can be made; this one serves where it
// cannot: a database this build lacks, a URL that is wrong.
#pragma once

#include <string>
#include <string_view>

namespace gander::cli {

// Shows what is known to be harmless, and "***" for the rest. Known are the parts of a file name, a
// URL (scheme://user:password@host/name?parameters), a keyword string (host=... password=...) and
// of user:password@net(address)/name; of a text that is none of these nothing is shown.
std::string redacted(std::string_view database);

}  // namespace gander::cli
