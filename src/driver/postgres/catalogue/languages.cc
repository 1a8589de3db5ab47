// SPDX-License-Identifier: MIT
// Languages and access methods, as far as no extension brings them.
#include "src/driver/postgres/catalogue/kinds.h"

namespace gander::driver::postgres {

void read_languages(Survey& survey) {
  const std::string functions =
      "'HANDLER ' || l.lanplcallfoid::regproc || CASE WHEN l.laninline = 0 THEN '' ELSE ' INLINE ' "
      "|| l.laninline::regproc END || CASE WHEN l.lanvalidator = 0 THEN '' ELSE ' VALIDATOR ' || "
      "l.lanvalidator::regproc END";
  read_plain(
      survey, {System::language, "language", 1, {"trusted", "definition"}},
      "SELECT l.oid, quote_ident(l.lanname), 'LANGUAGE ' || quote_ident(l.lanname), 'CREATE ' "
      "|| CASE WHEN l.lanpltrusted THEN 'TRUSTED ' ELSE '' END || 'LANGUAGE ' || "
      "quote_ident(l.lanname) || ' ' || " +
          functions + ", CASE WHEN l.lanpltrusted THEN 'yes' END, " + functions +
          " FROM pg_language l WHERE l.lanispl AND l.oid >= 16384");
  read_plain(
      survey, {System::access_method, "access method", 1, {"type", "handler"}},
      "SELECT m.oid, quote_ident(m.amname), 'ACCESS METHOD ' || quote_ident(m.amname), 'CREATE "
      "ACCESS METHOD ' || quote_ident(m.amname) || ' TYPE ' || x.type || ' HANDLER ' || "
      "m.amhandler, x.type, m.amhandler::text FROM pg_am m, LATERAL (SELECT CASE m.amtype "
      "WHEN 't' THEN 'TABLE' ELSE 'INDEX' END AS type) x WHERE m.oid >= 16384");
}

}  // namespace gander::driver::postgres
