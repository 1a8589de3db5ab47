// SPDX-License-Identifier: MIT
#include "src/driver/postgres/prepared.h"

namespace gander::driver::postgres {
namespace {

constexpr int kUsesBeforePreparing = 2;

std::string with_parameters(const Repeated& statement) {
  std::string sql = statement.text.front();
  for (std::size_t i = 0; i < statement.values.size(); ++i) {
    sql += "$" + std::to_string(i + 1) + statement.text[i + 1];
  }
  return sql;
}

}  // namespace

Prepared::Message Prepared::message(const Repeated& statement) {
  if (given_up_) return {"", statement.sql()};
  std::string sql = with_parameters(statement);
  Known& known = known_[sql];
  if (++known.uses <= kUsesBeforePreparing) return {"", statement.sql()};
  Message message;
  if (known.name.empty()) {
    known.name = "gander_" + std::to_string(++names_);
    message.preparation = "PREPARE " + known.name + " AS " + sql;
  }
  message.sql = "EXECUTE " + known.name;
  const char* before = "(";
  for (const std::string& value : statement.values) {
    message.sql += before + value;
    before = ", ";
  }
  if (!statement.values.empty()) message.sql += ")";
  return message;
}

}  // namespace gander::driver::postgres
