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

// Does a parameter of this name hold a password: `sslpassword`, `authToken`, and `pasword` too?
bool is_secret_name(std::string_view name);

// Where the user's name ends in the `user:password` before an `@`: at the first character that no
// name has, whatever was meant by it.
std::size_t end_of_user(std::string_view text);

// Is this, without doubt, the name of a file: one that ends as databases' names do, in a directory
// that exists here? `app.db` and `dir/a@b.db` are; `me/password@host` is not.
bool names_file(std::string_view text);

}  // namespace gander::cli
