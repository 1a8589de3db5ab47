// SPDX-License-Identifier: MIT
// Pieces of SQL text: of the queries and of what they build.
#pragma once

#include <string>
#include <vector>

namespace gander::driver::postgres {

inline std::string listed(const std::vector<std::string>& parts, const char* between = ", ") {
  std::string list;
  for (const std::string& part : parts) list += (list.empty() ? "" : between) + part;
  return list;
}

// A line each, for what stands in parentheses.
inline std::string in_lines(const std::vector<std::string>& parts) {
  return parts.empty() ? std::string() : "\n  " + listed(parts, ",\n  ") + "\n";
}

// The storage options `column`, an array of NAME=VALUE, as they stand behind WITH. `order`: "o", to
// be compared, or "ordinality": as they are stored.
inline std::string options_sql(const std::string& column, const std::string& order,
                               const std::string& prefix = "") {
  const std::string value = "substr(o, strpos(o, '=') + 1)";
  return "(SELECT string_agg('" + prefix +
         "' || quote_ident(split_part(o, '=', 1)) || ' = ' || CASE "
         "WHEN " +
         value + " ~ '^(-?[0-9]+(\\.[0-9]+)?|on|off|true|false)$' THEN " + value +
         " ELSE quote_literal(" + value + ") END, ', ' ORDER BY " + order + ") FROM unnest(" +
         column + ") WITH ORDINALITY AS u(o, ordinality))";
}

// The options `column` as they stand behind OPTIONS, sorted.
inline std::string foreign_options_sql(const std::string& column) {
  return "(SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ' "
         "ORDER BY option_name) FROM pg_options_to_table(" +
         column + "))";
}

// The collation as a clause where it is not the one that the type has; `own` and `usual` are
// columns with numbers of collations.
inline std::string collate_sql(const std::string& own, const std::string& usual) {
  return "CASE WHEN " + own + " <> 0 AND " + own + " <> " + usual +
         " THEN (SELECT format(' COLLATE %I.%I', cn.nspname, co.collname) FROM pg_collation co "
         "JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = " +
         own + ") ELSE '' END";
}

// `NAME = value, ` where the number of a function is not 0.
inline std::string function_option(const char* name, const std::string& column) {
  return "CASE WHEN " + column + " = 0 THEN '' ELSE ', " + name + " = ' || " + column +
         "::regproc END";
}

}  // namespace gander::driver::postgres
