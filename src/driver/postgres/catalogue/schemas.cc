// SPDX-License-Identifier: MIT
// Schemas. An empty database has the schema public: it is told where it is not as it was.
#include "src/driver/postgres/catalogue/kinds.h"
#include "src/driver/postgres/dialect.h"

namespace gander::driver::postgres {
namespace {

constexpr char kPublic[] = "public";
constexpr char kPublicComment[] = "standard public schema";

}  // namespace

void read_schemas(Survey& survey) {
  bool has_public = false;
  survey.ask(
      std::string("SELECT n.oid, quote_ident(n.nspname), obj_description(n.oid, 'pg_namespace') "
                  "FROM pg_namespace n WHERE ") +
          kUserSchema + " ORDER BY 2",
      [&](Cells& cells) {
        const Key key{System::schema, cells.id()};
        const std::string name = cells.text();
        if (survey.is_member(key)) return;
        if (name == kPublic) {
          has_public = true;
          const std::string comment = cells.text();
          if (comment == kPublicComment) return;
          Draft& draft = survey.add(key, {"schema", name, ""});
          draft.set("comment", comment);
          draft.step("COMMENT ON SCHEMA public IS " +
                     (comment.empty() ? "NULL" : dialect().literal(comment)));
          return;
        }
        Draft& draft = survey.add(key, {"schema", name, ""});
        draft.called = "SCHEMA " + name;
        draft.step("CREATE SCHEMA " + name);
      });
  if (has_public) return;
  Draft& draft = survey.add({System::schema, 0}, {"schema", kPublic, ""});
  draft.set("dropped", "yes");
  draft.step("DROP SCHEMA IF EXISTS public");
}

}  // namespace gander::driver::postgres
