// SPDX-License-Identifier: MIT
// Files beside the migrations that look like some and are none.
#pragma once

#include <string>
#include <vector>

namespace gander::source {

struct PassedOver {
  // "2_B.SQL", "3_c.sql.txt", "3_c.sql (conflicted copy)": a version, and `.sql` that is not the
  // end.
  std::vector<std::string> misnamed;
  // "._1_a.sql": what macOS keeps beside a file on a disk that is not its own. Not the file itself.
  std::vector<std::string> sidecars;
};

// By name only, sorted. Empty where the directory cannot be read: directory() says why. What
// editors leave behind ("3_c.sql~", "3_c.sql.orig") is not among them.
PassedOver passed_over(const std::string& directory);

}  // namespace gander::source
