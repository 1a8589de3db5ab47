// SPDX-License-Identifier: MIT
#include "src/base/table_name.h"

#include <algorithm>
#include <utility>

#include "gander/error.h"

namespace gander {
namespace {

// 63 bytes (PostgreSQL, NAMEDATALEN - 1) less "_history".
constexpr std::size_t kLongest = 55;

[[noreturn]] void refuse(std::string_view text, const std::string& reason) {
  throw Error(ErrorCode::usage, "'" + std::string(text) + "' is not a table name: " + reason,
              "give a name such as goose_db_version or schema.goose_db_version");
}

// Takes one identifier, quoted or plain, off the front of `*rest`.
std::string take_identifier(std::string_view whole, std::string_view* rest) {
  std::string name;
  if (!rest->empty() && rest->front() == '"') {
    rest->remove_prefix(1);
    for (;;) {
      const std::size_t quote = rest->find('"');
      if (quote == std::string_view::npos) refuse(whole, "a double quote is not closed");
      name += rest->substr(0, quote);
      rest->remove_prefix(quote + 1);
      if (rest->empty() || rest->front() != '"') break;
      name += '"';
      rest->remove_prefix(1);
    }
  } else {
    const std::size_t end = std::min(rest->find('.'), rest->size());
    name = rest->substr(0, end);
    rest->remove_prefix(end);
  }
  if (name.empty()) refuse(whole, "a part of it is empty");
  if (name.size() > kLongest) refuse(whole, "it is longer than 55 bytes");
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20) refuse(whole, "it holds a control character");
  }
  return name;
}

}  // namespace

TableName TableName::parse(std::string_view text) {
  std::string_view rest = text;
  TableName name;
  name.table_quoted = rest.starts_with('"');
  name.table = take_identifier(text, &rest);
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    name.schema = std::move(name.table);
    name.schema_quoted = name.table_quoted;
    name.table_quoted = rest.starts_with('"');
    name.table = take_identifier(text, &rest);
  }
  if (!rest.empty()) refuse(text, "there is something after the table's name");
  return name;
}

}  // namespace gander
