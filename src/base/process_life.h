// SPDX-License-Identifier: MIT
// Which process is at work, and whether it still lives, for what no server knows.
#pragma once

#include <string>

namespace gander {

// This process as one line of text: its number, its start, the machine's and the namespace's
// identity. Empty where the system does not tell (only Linux does).
std::string this_process();

// False also when it cannot be seen from here: another machine, another container, no text.
bool is_alive(const std::string& process);

// False also when it cannot be seen from here.
bool has_ended(const std::string& process);

}  // namespace gander
