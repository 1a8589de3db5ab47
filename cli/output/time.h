// SPDX-License-Identifier: MIT
// Times as people and programs read them. The library's are in UTC: "2026-01-31 12:00:00", possibly
// with a fraction of the second.
#pragma once

#include <string>
#include <string_view>

namespace gander::cli {

// To the second, without a zone: whoever prints it says UTC once. What is no time stays as it is,
// made safe for a terminal.
std::string time_text(std::string_view utc);

// ISO 8601 to the millisecond, "2026-01-31T12:00:00.000Z"; empty for what is no time.
std::string iso_time(std::string_view utc);

}  // namespace gander::cli
