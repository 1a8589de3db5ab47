// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/grammar.h"

#include "src/driver/sqlite/lexical.h"

namespace gander::driver::sqlite {
namespace {

using Kind = sql::StatementKind;

Kind kind(sql::Words words) {
  if (words.accept("vacuum")) return Kind::bare;
  return words.accept_any({"pragma", "attach", "detach"}) ? Kind::session : Kind::nothing;
}

}  // namespace

constinit const sql::Grammar kGrammar = {
    .lexical = kLexicalRules, .bodies = sql::Bodies::triggers, .kind = kind};

}  // namespace gander::driver::sqlite
