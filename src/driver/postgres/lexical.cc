// SPDX-License-Identifier: MIT
#include "src/driver/postgres/lexical.h"

#include <string>

namespace gander::driver::postgres {
namespace {

constexpr std::string_view kStrings = "STANDARD_CONFORMING_STRINGS";
constexpr std::string_view kEncoding = "CLIENT_ENCODING";

}  // namespace

// SET [SESSION | LOCAL], RESET, and pg_dump's way by set_config().
bool follow(sql::Words words, sql::LexicalState* state) {
  const bool resets = words.peek().is("reset");
  if (words.accept("select")) {
    if (words.accept("pg_catalog")) words.take();
    if (!words.accept("set_config") || !words.accept('(')) return false;
  } else if (words.accept_any({"set", "reset"})) {
    words.accept_any({"session", "local"});
  } else {
    return false;
  }
  const sql::Token name = words.take();
  const std::string setting = sql::unquoted(name);
  const bool all = resets && name.is("all");
  if (!all && !sql::equals_keyword(setting, kStrings)) {
    return sql::equals_keyword(setting, kEncoding) || name.is("names");
  }
  bool on = true;
  if (!resets) {
    words.take();  // TO, = or a comma
    on = words.truth().value_or(true);
  }
  state->rules.backslashes = on ? "" : "'";
  return true;
}

}  // namespace gander::driver::postgres
