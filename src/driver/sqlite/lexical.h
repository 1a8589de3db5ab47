// SPDX-License-Identifier: MIT
// The lexical rules of SQLite: https://sqlite.org/lang_keywords.html, and what its tokenizer takes.
#pragma once

#include "src/sql/lexical.h"

namespace gander::driver::sqlite {

inline constexpr sql::LexicalRules kLexicalRules = {
    .quotes = "'\"`[", .names = "\"`[", .text_ends_comment = true};

}  // namespace gander::driver::sqlite
