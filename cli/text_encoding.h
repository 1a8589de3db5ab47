// SPDX-License-Identifier: MIT
// to_utf8(): the text of a settings file, whatever editor wrote it.
#pragma once

#include <string>
#include <string_view>

namespace gander::cli {

// Without a byte order mark, and decoded where the mark says UTF-16, as the editors and shells of
// Windows write it. Throws Error(usage) for UTF-16 or UTF-32 that cannot be read and for a NUL
// byte, which no settings file holds; the text stays out of the message, it may hold a password.
std::string to_utf8(std::string_view bytes);

}  // namespace gander::cli
