// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/bare_statement.h"

#include "src/driver/sqlite/lexical.h"
#include "src/sql/words.h"

namespace gander::driver::sqlite {

bool repeatable(std::string_view sql) {
  sql::Words words(kLexicalRules, sql);
  const sql::Token verb = words.take();
  if (!verb.is_any({"vacuum", "pragma", "attach", "detach", "analyze", "reindex"})) return false;
  for (bool ended = false; !words.at_end(); words.take()) {
    const bool ends = words.peek().is(';');
    if (ended && !ends) return false;
    ended = ended || ends;
    if (verb.is("vacuum") && words.peek().is("into")) return false;
  }
  return true;
}

}  // namespace gander::driver::sqlite
