// SPDX-License-Identifier: MIT
// type_change(): which changes of a column's type rewrite the table, build its indexes again, or
// read all rows. As servers of versions 15 and 18 did it; the manual (18, ALTER TABLE) only says
// that binary coercible types are spared.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/lint_reader.h"

namespace gander::driver::postgres {
namespace {

// A column becomes one of these by a rewrite, or was one.
constexpr std::array<std::string_view, 24> kNeverFree = {
    "smallint", "integer", "bigint",  "real",   "double precision",
    "boolean",  "uuid",    "json",    "jsonb",  "date",
    "char",     "bytea",   "money",   "point",  "line",
    "box",      "path",    "polygon", "circle", "macaddr",
    "tsvector", "tsquery", "bit",     "oid"};

bool among(std::string_view name, const auto& names) {
  return std::ranges::find(names, name) != names.end();
}

bool is_text(const TypeName& type) { return type.name == "text" || type.name == "varchar"; }

bool is_timestamp(const TypeName& type) {
  return type.name == "timestamp" || type.name == "timestamptz";
}

int size_of(const TypeName& type, std::size_t which = 0) {
  if (which >= type.modifiers.size()) return -1;
  int size = 0;
  for (const char c : type.modifiers[which]) {
    if (c < '0' || c > '9' || size > 100000000) return -1;
    size = size * 10 + (c - '0');
  }
  return size;
}

// No limit, or one that is not below the old one.
bool is_wider(const TypeName& from, const TypeName& to) {
  const int before = size_of(from);
  const int after = size_of(to);
  return after < 0 || (before >= 0 && after >= before);
}

bool keeps_numeric(const TypeName& from, const TypeName& to) {
  if (to.modifiers.empty()) return true;
  if (from.modifiers.empty()) return false;
  return size_of(to) >= size_of(from) &&
         std::max(size_of(from, 1), 0) == std::max(size_of(to, 1), 0);
}

// Are the values good as they lie there?
bool is_kept(const TypeName& from, const TypeName& to) {
  if (from == to) return true;
  if (from.array != to.array) return false;
  if (is_text(from) && is_text(to)) return is_wider(from, to);
  if (from.name == "cidr" && to.name == "inet") return true;
  if (from.name != to.name || from.schema != to.schema) return false;
  if (to.name == "numeric") return keeps_numeric(from, to);
  static constexpr std::array<std::string_view, 6> kWidened = {
      "varbit", "interval", "timestamp", "timestamptz", "time", "timetz"};
  return among(to.name, kWidened) && is_wider(from, to);
}

// `column`, `column::type` and the like change nothing that TYPE alone would not.
bool is_plain_using(const TableAction& action) {
  sql::Words words(kLexicalRules, action.expression);
  while (words.accept('(')) {
  }
  if (!words.at_name() || folded(words.take()) != action.column) return false;
  while (words.accept(')')) {
  }
  if (words.at_end()) return true;
  if (!words.accept(':') || !words.accept(':')) return false;
  const TypeName cast = read_type(words);
  while (words.accept(')')) {
  }
  return words.at_end() && cast == action.type;
}

TypeChange with_schema(const TableAction& action, const LintSchema::Column& column, LintSetting utc,
                       const std::optional<LintSchema::Domain>& domain) {
  const TypeName from = column.base.empty() ? column.type : type_of_catalogue(column.base);
  const bool base_known = domain && !domain->base.empty();
  const TypeName to = base_known ? type_of_catalogue(domain->base) : action.type;
  bool kept = is_kept(from, to) || column.type == action.type;
  bool indexes = false;
  if (!kept && is_timestamp(from) && is_timestamp(to) && from.name != to.name) {
    kept = utc == LintSetting::on && is_wider(from, to);
    indexes = true;
  }
  if (domain && domain->constrained && column.type != action.type) {
    return {"the table is rewritten, because the domain has a constraint", true};
  }
  if (domain && !base_known && !kept) {
    return {"the table is rewritten unless the types are alike", false};
  }
  if (!kept) return {"the table is rewritten", true};
  const bool other_collation = !action.collation.empty() && action.collation != column.collation &&
                               action.collation != "\"" + column.collation + "\"";
  if ((indexes || other_collation) && column.indexed) {
    return {"nothing is rewritten, but the indexes of the column are built again", true};
  }
  if (column.in_expression) {
    return {
        "nothing is rewritten, but an index with the column in an expression or in its WHERE "
        "is built again",
        true};
  }
  if (column.checked)
    return {"nothing is rewritten, but a CHECK on the column reads all rows", true};
  return {};
}

TypeChange without_schema(const TableAction& action, LintSetting utc,
                          const std::optional<LintSchema::Domain>& domain) {
  const TypeName& to = action.type;
  if (domain && domain->constrained) {
    return {"the table is rewritten, because the domain has a constraint", true};
  }
  if (among(to.name, kNeverFree)) return {"the table is rewritten", true};
  if (is_timestamp(to) && utc != LintSetting::on) {
    return {"the table is rewritten unless the session's time zone is UTC", true};
  }
  if (is_timestamp(to)) return {"the indexes of the column are built again", false};
  return {"the table is rewritten unless the old type is narrower and alike", false};
}

}  // namespace

TypeChange type_change(const TableAction& action, const LintSchema::Column* column, LintSetting utc,
                       const std::optional<LintSchema::Domain>& domain) {
  if (action.has_using && !is_plain_using(action)) {
    return {"the table is rewritten, because USING computes each value anew", true};
  }
  if (column != nullptr) return with_schema(action, *column, utc, domain);
  return without_schema(action, utc, domain);
}

}  // namespace gander::driver::postgres
