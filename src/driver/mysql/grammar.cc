// SPDX-License-Identifier: MIT
#include "src/driver/mysql/grammar.h"

#include "src/driver/mysql/lexical.h"

namespace gander::driver::mysql {
namespace {

using Kind = sql::StatementKind;

Kind kind(sql::Words words) {
  if (words.accept("end")) return Kind::ordinary;  // of stored programs alone
  return words.accept_any({"set", "use"}) ? Kind::session : Kind::nothing;
}

}  // namespace

constinit const sql::Grammar kGrammar = {.lexical = kLexicalRules,
                                         .bodies = sql::Bodies::programs,
                                         .kind = kind,
                                         .follow = follow,
                                         .delimiter_lines = true,
                                         .statements_alone = true};

}  // namespace gander::driver::mysql
