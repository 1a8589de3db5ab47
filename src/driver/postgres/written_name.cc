// SPDX-License-Identifier: MIT
#include "src/driver/postgres/written_name.h"

#include "src/driver/postgres/bare_statement.h"
#include "src/driver/postgres/lexical.h"
#include "src/sql/words.h"

namespace gander::driver::postgres {

using sql::Words;

bool is_sound(const std::string& name) {
  Words words(kLexicalRules, name);
  int parts = 0;
  do {
    if (!words.at_name() || words.peek().text == "\"\"") return false;
    words.take();
    ++parts;
  } while (words.accept('.'));
  return parts <= 2 && words.at_end();
}

std::string last_part(const std::string& name) {
  Words words(kLexicalRules, name);
  std::string part;
  do {
    if (!words.at_name()) break;
    part = catalogue_name(words.take().text);
  } while (words.accept('.'));
  return part;
}

}  // namespace gander::driver::postgres
