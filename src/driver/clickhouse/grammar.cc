// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/grammar.h"

#include "src/driver/clickhouse/lexical.h"

namespace gander::driver::clickhouse {
namespace {

using Kind = sql::StatementKind;

Kind kind(sql::Words words) {
  return words.accept_any({"set", "use"}) ? Kind::session : Kind::nothing;
}

// USE a and USE b are about one.
std::string_view setting(sql::Words words) { return words.accept("use") ? "use" : ""; }

}  // namespace

constinit const sql::Grammar kGrammar = {.lexical = kLexicalRules,
                                         .bodies = sql::Bodies::rows,
                                         .kind = kind,
                                         .setting = setting,
                                         .statements_alone = true};

}  // namespace gander::driver::clickhouse
