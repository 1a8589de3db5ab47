// SPDX-License-Identifier: MIT
#include "src/driver/mysql/grammar.h"

#include "src/driver/mysql/lexical.h"

namespace gander::driver::mysql {
namespace {

using Kind = sql::StatementKind;

Kind kind(sql::Words words) {
  if (words.accept("end")) return Kind::ordinary;  // of stored programs alone
  if (words.accept("xa")) return Kind::bare;
  if (words.accept_any({"lock", "unlock"})) {
    return words.accept_any({"tables", "table"}) ? Kind::session : Kind::ordinary;
  }
  if (!words.accept("set")) return words.accept("use") ? Kind::session : Kind::nothing;
  // These change accounts, or are MariaDB's SET STATEMENT ... FOR statement.
  return words.accept_any({"password", "default", "statement"}) ? Kind::ordinary : Kind::session;
}

std::string_view setting(sql::Words words) {
  if (words.accept("use")) return "use";
  return words.accept_any({"lock", "unlock"}) ? "tables" : "";
}

}  // namespace

constinit const sql::Grammar kGrammar = {.lexical = kLexicalRules,
                                         .bodies = sql::Bodies::programs,
                                         .kind = kind,
                                         .setting = setting,
                                         .follow = follow,
                                         .delimiter_lines = true,
                                         .statements_alone = true};

}  // namespace gander::driver::mysql
