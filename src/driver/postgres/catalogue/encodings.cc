// SPDX-License-Identifier: MIT
// Collations and conversions between encodings.
#include "src/driver/postgres/catalogue/kinds.h"

namespace gander::driver::postgres {

void read_encodings(Survey& survey) {
  // colliculocale since 15, colllocale since 17.
  const std::string locale = survey.since(17)   ? "c.colllocale::text"
                             : survey.since(15) ? "c.colliculocale::text"
                                                : "CASE c.collprovider WHEN 'i' THEN "
                                                  "c.collcollate::text END";
  const std::string options =
      "concat_ws(', ', 'PROVIDER = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN "
      "'builtin' WHEN 'c' THEN 'libc' ELSE 'default' END, CASE WHEN c.collprovider IN ('i', 'b') "
      "THEN 'LOCALE = ' || quote_literal(" +
      locale +
      ") WHEN c.collcollate = c.collctype THEN 'LOCALE = ' || quote_literal(c.collcollate) ELSE "
      "format('LC_COLLATE = %L, LC_CTYPE = %L', c.collcollate, c.collctype) END" +
      survey.since(12, ", CASE WHEN NOT c.collisdeterministic THEN 'DETERMINISTIC = false' END") +
      survey.since(16, ", 'RULES = ' || quote_literal(c.collicurules)") + ")";
  read_plain(
      survey, {System::collation, "collation", 1, {"definition"}},
      "SELECT c.oid, x.name, 'COLLATION ' || x.name, 'CREATE COLLATION ' || x.name || ' (' || "
      "x.options || ')', x.options FROM pg_collation c JOIN pg_namespace n ON n.oid = "
      "c.collnamespace, LATERAL (SELECT format('%I.%I', n.nspname, c.collname) AS name, " +
          options + " AS options) x WHERE" + kUserSchema);
  read_plain(
      survey, {System::conversion, "conversion", 1, {"default", "definition"}},
      "SELECT c.oid, x.name, 'CONVERSION ' || x.name, 'CREATE ' || CASE WHEN c.condefault "
      "THEN 'DEFAULT ' ELSE '' END || 'CONVERSION ' || x.name || ' ' || x.options, CASE WHEN "
      "c.condefault THEN 'yes' END, x.options FROM pg_conversion c JOIN pg_namespace n ON "
      "n.oid = c.connamespace, LATERAL (SELECT format('%I.%I', n.nspname, c.conname) AS name, "
      "format('FOR %L TO %L FROM %s', pg_encoding_to_char(c.conforencoding), "
      "pg_encoding_to_char(c.contoencoding), c.conproc) AS options) x WHERE" +
          std::string(kUserSchema));
}

}  // namespace gander::driver::postgres
