// SPDX-License-Identifier: MIT
#include "cli/output/time.h"

#include <fmt/format.h>

#include "src/types/time.h"

namespace gander::cli {

std::string iso_time(Time time) {
  std::string text = time_text(time);
  text[text.find(' ')] = 'T';
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{}.{:03}Z", text,
                     std::chrono::floor<std::chrono::milliseconds>(time - whole).count());
}

}  // namespace gander::cli
