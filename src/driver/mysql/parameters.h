// SPDX-License-Identifier: MIT
// The parameters behind the `?` of a URL or a DSN of MySQL: those of goose's driver, those of the
// usual clients, and variables of the session.
#pragma once

#include <string>
#include <string_view>

#include "src/driver/mysql/url.h"

namespace gander::driver::mysql {

// Throws Error(usage).
[[noreturn]] void refuse(const std::string& what, const std::string& hint);

// What stands for percent codes; `plus` is a blank then, as in a form. Throws Error(usage).
std::string percent_decode(std::string_view text, bool plus);

// Keeps a secret out of everything that is shown.
void add_secret(std::string_view text, Settings* settings);

// `value` is decoded. Throws Error(usage).
void take_parameter(const std::string& name, const std::string& value, Settings* settings);

// Behind the last of them: what follows from all together, and what is in the option file.
void settle(Settings* settings);

// "host:port", "[::1]:port" or "host". Throws Error(usage).
void take_address(std::string_view address, Settings* settings);

// Is what this parameter holds shown as ***?
bool is_secret_parameter(std::string_view name);

inline constexpr char kMask[] = "***";

}  // namespace gander::driver::mysql
