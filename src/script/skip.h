// SPDX-License-Identifier: MIT
// Skipping to the next byte that matters: the inner loops of the lexer. All take and return offsets
// and return text.size() when there is no such byte.
#pragma once

#include <cstddef>
#include <string_view>

#include "src/script/statement.h"

namespace gander::script {

// True for the bytes at which code may turn into something else, or end.
bool is_special(Grammar grammar, char c);

// To the next special byte of the grammar.
std::size_t skip_code(Grammar grammar, std::string_view text, std::size_t from);

// To the next `close`, or backslash if those escape.
std::size_t skip_quoted(std::string_view text, std::size_t from, char close, bool backslash);

// To the next `*`, or `/` if comments nest.
std::size_t skip_comment(std::string_view text, std::size_t from, bool nested);

}  // namespace gander::script
