// SPDX-License-Identifier: MIT
// The lexical rules of ClickHouse, as of version 26 (ClickHouse documentation, "Syntax"). Older
// servers know neither nested comments, nor heredocs, nor `#`.
#pragma once

#include "src/sql/lexical.h"

namespace gander::driver::clickhouse {

inline constexpr sql::LexicalRules kLexicalRules = {.quotes = "'\"`",
                                                    .names = "\"`",
                                                    .backslashes = "'\"`",
                                                    .dollar_quotes = sql::DollarQuotes::words,
                                                    .nested_comments = true,
                                                    .slash_comments = true,
                                                    .hash_comments = sql::HashComments::marked,
                                                    .text_ends_statement = true};

}  // namespace gander::driver::clickhouse
