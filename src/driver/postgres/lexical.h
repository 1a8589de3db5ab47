// SPDX-License-Identifier: MIT
// The lexical rules of PostgreSQL (PostgreSQL 18 manual, 4.1).
#pragma once

#include "src/sql/lexical.h"
#include "src/sql/words.h"

namespace gander::driver::postgres {

// standard_conforming_strings is on.
inline constexpr sql::LexicalRules kLexicalRules = {
    .escape_strings = true, .dollar_quotes = sql::DollarQuotes::names, .nested_comments = true};

// Grammar::follow: standard_conforming_strings decides about backslashes, client_encoding about all
// that is sent.
bool follow(sql::Words words, sql::LexicalState* state);

}  // namespace gander::driver::postgres
