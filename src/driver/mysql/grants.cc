// SPDX-License-Identifier: MIT
#include "src/driver/mysql/grants.h"

#include <algorithm>

#include "src/driver/mysql/lexical.h"
#include "src/sql/words.h"

namespace gander::driver::mysql {
namespace {

constexpr const char* kAll = "ALL PRIVILEGES";

bool has(const std::set<std::string>& privileges, const std::string& privilege) {
  return privileges.contains(kAll) || privileges.contains(privilege);
}

// As LIKE: `%` for any text, `_` for any character, a backslash before either for itself.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '%') {
    for (std::size_t skipped = 0; skipped <= text.size(); ++skipped) {
      if (matches(pattern.substr(1), text.substr(skipped))) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  const bool escaped = pattern.front() == '\\' && pattern.size() > 1;
  if (escaped) pattern.remove_prefix(1);
  if ((escaped || pattern.front() != '_') && pattern.front() != text.front()) return false;
  return matches(pattern.substr(1), text.substr(1));
}

// SELECT, CREATE VIEW, UPDATE (a, b) ...; those of columns only are left out.
std::set<std::string> privileges(sql::Words& words) {
  std::set<std::string> found;
  std::string name;
  bool of_columns = false;
  const auto add = [&] {
    if (!name.empty() && !of_columns) found.insert(name);
    name.clear();
    of_columns = false;
  };
  while (!words.at_end() && !words.peek().is_any({"on", "to"})) {
    if (words.peek().is('(')) {
      words.skip_parentheses();
      of_columns = true;
    } else if (words.accept(',')) {
      add();
    } else {
      name += (name.empty() ? "" : " ") + std::string(words.take().text);
    }
  }
  add();
  return found;
}

}  // namespace

void Grants::add(std::string_view line) {
  sql::Words words(kLexicalRules, line);
  if (!words.accept("grant")) return;
  Grant grant{privileges(words)};
  // Of a role, or for a procedure.
  if (!words.accept("on") || words.accept_any({"procedure", "function", "package"})) return;
  words.accept("table");
  if (!words.accept('*')) grant.database = sql::unquoted(words.take());
  if (!words.accept('.')) return;
  if (!words.accept('*')) grant.table = sql::unquoted(words.take());
  grants_.push_back(std::move(grant));
}

bool Grants::allow(const std::string& privilege, const std::string& database,
                   const std::string& table) const {
  return std::ranges::any_of(grants_, [&](const Grant& grant) {
    return has(grant.privileges, privilege) &&
           (grant.database.empty() || grant.database == database ||
            matches(grant.database, database)) &&
           (grant.table.empty() || grant.table == table);
  });
}

bool Grants::allow_everywhere(const std::string& privilege) const {
  return std::ranges::any_of(grants_, [&](const Grant& grant) {
    return grant.database.empty() && grant.table.empty() && has(grant.privileges, privilege);
  });
}

}  // namespace gander::driver::mysql
