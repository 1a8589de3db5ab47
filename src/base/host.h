// SPDX-License-Identifier: MIT
// Who this process is, for the history: login name, host name, a random id for the run.
#pragma once

#include <string>

namespace gander {

std::string user_at_host();

// 16 hex digits, different for every call.
std::string random_id();

}  // namespace gander
