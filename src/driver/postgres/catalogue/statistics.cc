// SPDX-License-Identifier: MIT
// Extended statistics objects.
#include "src/driver/postgres/catalogue/kinds.h"

namespace gander::driver::postgres {

void read_statistics(Survey& survey) {
  const std::string target = survey.since(13, "nullif(s.stxstattarget, -1)::text", "NULL::text");
  read_plain(survey, {System::statistics, "statistics", 2, {"definition", "target"}},
             "SELECT s.oid, x.name, 'STATISTICS ' || x.name, x.definition, 'ALTER STATISTICS ' || "
             "x.name || ' SET STATISTICS ' || " +
                 target + ", x.definition, " + target +
                 " FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace, LATERAL "
                 "(SELECT format('%I.%I', n.nspname, s.stxname) AS name, "
                 "pg_get_statisticsobjdef(s.oid) AS definition) x WHERE" +
                 kUserSchema);
}

}  // namespace gander::driver::postgres
