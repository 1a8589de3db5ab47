// SPDX-License-Identifier: MIT
// Policies of row security. Whether it is on is told by the table: relations.cc.
#include "src/driver/postgres/catalogue/kinds.h"

namespace gander::driver::postgres {

void read_policies(Survey& survey) {
  survey.ask(
      "SELECT p.oid, p.polrelid, quote_ident(p.polname), p.polpermissive, CASE p.polcmd "
      "WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' "
      "ELSE 'ALL' END, (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE "
      "quote_ident(pg_get_userbyid(r)) END, ', ' ORDER BY pg_get_userbyid(r)) FROM "
      "unnest(p.polroles) r), pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, "
      "p.polrelid) FROM pg_policy p",
      [&](Cells& cells) {
        const Key key{System::policy, cells.id()};
        const Relation* relation = survey.relation(cells.id());
        if (relation == nullptr) return;
        const std::string name = cells.text();
        const bool permissive = cells.flag();
        const std::string command = cells.text();
        const std::string roles = cells.text();
        const std::string visible = cells.expression();
        const std::string writable = cells.expression();
        Draft& draft = survey.add(key, {"policy", name, relation->name});
        draft.called = "POLICY " + name + " ON " + relation->name;
        draft.set("kind", permissive ? "permissive" : "restrictive");
        draft.set("command", command);
        draft.set("roles", roles);
        draft.set("using", visible);
        draft.set("with check", writable);
        draft.step("CREATE POLICY " + name + " ON " + relation->name +
                   (permissive ? "" : " AS RESTRICTIVE") + " FOR " + command + " TO " + roles +
                   (visible.empty() ? "" : " USING (" + visible + ")") +
                   (writable.empty() ? "" : " WITH CHECK (" + writable + ")"));
      });
}

}  // namespace gander::driver::postgres
