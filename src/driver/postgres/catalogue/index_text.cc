// SPDX-License-Identifier: MIT
#include "src/driver/postgres/catalogue/index_text.h"

#include <charconv>
#include <string_view>
#include <vector>

namespace gander::driver::postgres {
namespace {

// src/include/catalog/pg_type.dat
constexpr ObjectId kText = 25;
constexpr ObjectId kVarchar = 1043;
// src/include/catalog/pg_index.h
constexpr std::int64_t kDescending = 1;
constexpr std::int64_t kNullsFirst = 2;

// An int2vector or an oidvector as text: "1 2 -1".
std::vector<std::int64_t> numbers(std::string_view text) {
  std::vector<std::int64_t> all;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::int64_t number = 0;
    const auto read = std::from_chars(at, end, number);
    if (read.ec != std::errc()) break;
    all.push_back(number);
    at = read.ptr;
    if (at != end) ++at;
  }
  return all;
}

// ASC is not said, nor where NULLs stand by themselves.
const char* order_of(std::int64_t option) {
  if ((option & kDescending) != 0)
    return (option & kNullsFirst) != 0 ? " DESC" : " DESC NULLS LAST";
  return (option & kNullsFirst) != 0 ? " NULLS FIRST" : "";
}

}  // namespace

IndexTexts::IndexTexts(Survey& survey) {
  survey.ask(
      "SELECT c.oid, c.opcintype FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod WHERE "
      "a.amname = 'btree' AND c.opcdefault",
      [&](Cells& cells) {
        const ObjectId operator_class = cells.id();
        const ObjectId type = cells.id();
        const bool own = operator_class >= kFirstUser;
        others_ |= own;
        if (!own) types_.emplace(operator_class, type);
      });
}

// Is it the type's own default? VARCHAR has none, and takes that of TEXT, the preferred type to
// which it goes without a conversion; with classes that users have made the server decides.
bool IndexTexts::is_usual(ObjectId operator_class, ObjectId type) const {
  const auto found = types_.find(operator_class);
  if (found == types_.end()) return false;
  return found->second == type || (type == kVarchar && found->second == kText && !others_);
}

std::optional<std::string> IndexTexts::text(const IndexParts& parts, Relation& relation) const {
  const std::vector<std::int64_t> columns = numbers(parts.columns);
  const std::vector<std::int64_t> classes = numbers(parts.classes);
  const std::vector<std::int64_t> collations = numbers(parts.collations);
  const std::vector<std::int64_t> options = numbers(parts.options);
  const auto keys = static_cast<std::size_t>(parts.keys);
  if (columns.size() < keys || classes.size() < keys || collations.size() < keys ||
      options.size() < keys) {
    return std::nullopt;
  }
  std::string sql = std::string("CREATE ") + (parts.unique ? "UNIQUE " : "") + "INDEX " +
                    parts.name + " ON " + relation.name + " USING btree (";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column* column = relation.column(static_cast<int>(columns[i]));
    if (column == nullptr) return std::nullopt;
    if (i > 0) sql += i == keys ? ") INCLUDE (" : ", ";
    sql += column->name;
    if (i >= keys) continue;
    const auto collation = static_cast<ObjectId>(collations[i]);
    if (collation != 0 && collation != column->collation_number) return std::nullopt;
    if (!is_usual(static_cast<ObjectId>(classes[i]), column->type_number)) return std::nullopt;
    sql += order_of(options[i]);
  }
  return sql + (parts.nulls_not_distinct ? ") NULLS NOT DISTINCT" : ")");
}

}  // namespace gander::driver::postgres
