// SPDX-License-Identifier: MIT
#include "cli/options.h"

namespace gander::cli {

std::vector<const Option*> options_of(std::uint64_t verb, Section section) {
  std::vector<const Option*> result;
  for (const Option& option : kOptions) {
    const bool wanted = verb == 0 ? option.commands != 0 : (option.commands & verb) != 0;
    if (wanted && option.section == section) result.push_back(&option);
  }
  return result;
}

std::vector<const Option*> options_of(Verb verb) {
  std::vector<const Option*> result;
  for (const SectionTitle& title : kSections) {
    const std::vector<const Option*> options = options_of(verb, title.section);
    result.insert(result.end(), options.begin(), options.end());
  }
  return result;
}

}  // namespace gander::cli
