// SPDX-License-Identifier: MIT
// Variable substitution (`-- +goose ENVSUB ON`) of one line: $NAME, ${NAME}, ${NAME:-word},
// ${NAME-word}, ${NAME?word}, ${NAME:offset:length}; `\$` and `$$` give a dollar, `\\` and `$(`
// stay. Values are not scanned again.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "src/script/reader.h"

namespace gander::script {

struct SubstitutionFailure {
  std::string cause;
  std::size_t offset = 0;  // in the line, of the `$` that failed
};

// False if substitute() would give the line back unchanged.
bool needs_substitution(std::string_view line);

// Appends the line with its variables replaced to `*out`. Bytes that are not UTF-8 become U+FFFD,
// as in goose.
std::optional<SubstitutionFailure> substitute(std::string_view line, const Environment& environment,
                                              std::string* out);

}  // namespace gander::script
