// SPDX-License-Identifier: MIT
// The lexical rules of MySQL and MariaDB (MySQL 8.4 manual, chapter 11).
#pragma once

#include "src/sql/lexical.h"
#include "src/sql/words.h"

namespace gander::driver::mysql {

// With neither ANSI_QUOTES nor NO_BACKSLASH_ESCAPES in sql_mode.
inline constexpr sql::LexicalRules kLexicalRules = {.quotes = "'\"`",
                                                    .names = "`",
                                                    .backslashes = "'\"",
                                                    .dashes_need_blank = true,
                                                    .executable_comments = true,
                                                    .hash_comments = sql::HashComments::all};

// Grammar::follow.
bool follow(sql::Words words, sql::LexicalState* state);

}  // namespace gander::driver::mysql
