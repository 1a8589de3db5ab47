// SPDX-License-Identifier: MIT
// Casts and transforms.
#include "src/driver/postgres/catalogue/kinds.h"

namespace gander::driver::postgres {

void read_casts(Survey& survey) {
  const std::string name =
      "format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL))";
  const std::string how =
      "CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure WHEN 'i' THEN "
      "'WITH INOUT' ELSE 'WITHOUT FUNCTION' END || CASE c.castcontext WHEN 'a' THEN ' AS "
      "ASSIGNMENT' "
      "WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END";
  // Those that come with a range type belong to it.
  read_plain(
      survey, {System::cast, "cast", 1, {"definition"}},
      "SELECT c.oid, " + name + ", 'CAST ' || " + name + ", 'CREATE CAST ' || " + name +
          " || ' ' || " + how + ", " + how +
          " FROM pg_cast c WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE "
          "d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'i')");
  const std::string functions =
      "concat_ws(', ', CASE WHEN t.trffromsql <> 0 THEN 'FROM SQL WITH FUNCTION ' || "
      "t.trffromsql::regprocedure END, CASE WHEN t.trftosql <> 0 THEN 'TO SQL WITH FUNCTION ' || "
      "t.trftosql::regprocedure END)";
  const std::string transform =
      "format('FOR %s LANGUAGE %I', format_type(t.trftype, NULL), l.lanname)";
  read_plain(
      survey, {System::transform, "transform", 1, {"definition"}},
      "SELECT t.oid, " + transform + ", 'TRANSFORM ' || " + transform +
          ", 'CREATE TRANSFORM ' || " + transform + " || ' (' || " + functions + " || ')', " +
          functions +
          " FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang WHERE t.oid >= 16384");
}

}  // namespace gander::driver::postgres
