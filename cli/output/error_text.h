// SPDX-License-Identifier: MIT
// An error as a block of text: place and message, the source line with a caret, what to do.
#pragma once

#include <string>

#include "cli/output/terminal.h"
#include "cli/output/text.h"
#include "gander/error.h"

namespace gander::cli {

// Every line ends with a line feed. Nothing of it is taken from Error::what(), whose form belongs
// to the library.
std::string error_text(const ErrorDetails& details, const Terminal& terminal);

// The same for what is no error: `label` stands where "error:" does.
std::string labelled_text(const ErrorDetails& details, const Terminal& terminal,
                          std::string_view label, Color color);

}  // namespace gander::cli
