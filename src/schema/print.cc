// SPDX-License-Identifier: MIT
#include "src/schema/print.h"

#include "src/schema/describe.h"
#include "src/schema/order.h"
#include "src/sql/scanner.h"

namespace gander::schema {
namespace {

// A stored statement may end in a comment, even in one that is not closed.
std::string_view closing(std::string_view sql, const sql::LexicalRules& rules) {
  sql::Scanner scanner(rules, sql);
  std::size_t end = 0;
  for (sql::Token token = scanner.next(); token.kind != sql::Token::Kind::end;
       token = scanner.next()) {
    end = token.offset + token.text.size();
  }
  for (std::size_t at = end; at < sql.size();) {
    switch (sql::comment_at(rules, sql, at)) {
      case sql::Comment::line:
        at = sql.find('\n', at);
        if (at == std::string_view::npos) return "\n;\n";
        break;
      case sql::Comment::block:
      case sql::Comment::executable:
        at = sql::block_comment_end(rules, sql, at);
        if (at >= sql.size() && !sql.ends_with("*/")) return "*/;\n";
        break;
      case sql::Comment::none:
        ++at;
        break;
    }
  }
  return ";\n";
}

}  // namespace

std::string commented(std::string_view text) {
  std::string lines = "-- ";
  for (const char c : text) {
    lines += c;
    if (c == '\n') lines += "-- ";
  }
  return lines + "\n";
}

std::string ended(std::string_view sql, const sql::LexicalRules& rules) {
  return std::string(sql) + std::string(closing(sql, rules));
}

std::string print(const Snapshot& snapshot, const sql::LexicalRules& rules) {
  std::string text;
  for (const Remark& remark : snapshot.remarks) {
    text += commented(described(remark.about) + ": " + remark.message);
  }
  for (const std::string& setting : snapshot.settings) text += ended(setting, rules);
  for (const OrderedStep& step : ordered(snapshot)) {
    if (!text.empty()) text += '\n';
    text += ended(step.step->sql, rules);
  }
  return text;
}

}  // namespace gander::schema
