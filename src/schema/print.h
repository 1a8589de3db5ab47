// SPDX-License-Identifier: MIT
// print(): a snapshot as a script that makes the same schema in an empty database, with the
// engine's own client or with load(). The same bytes for equal schemas.
#pragma once

#include <string>
#include <string_view>

#include "src/schema/snapshot.h"
#include "src/sql/lexical.h"

namespace gander::schema {

// `rules`: of the engine whose statements these are.
std::string print(const Snapshot& snapshot, const sql::LexicalRules& rules);

// A text of several lines as comments.
std::string commented(std::string_view text);

// The statement with a `;` behind it that no comment swallows, and a line end.
std::string ended(std::string_view sql, const sql::LexicalRules& rules);

}  // namespace gander::schema
