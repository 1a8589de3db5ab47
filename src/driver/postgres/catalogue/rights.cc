// SPDX-License-Identifier: MIT
// Owners, rights and default privileges: read only where they are asked for. Rights are a property
// for each who has some, whatever the order in which they were given; by whom is not told.
#include <map>

#include "src/driver/postgres/catalogue/kinds.h"
#include "src/driver/postgres/catalogue/texts.h"

namespace gander::driver::postgres {
namespace {

struct Catalogue {
  const char* name;
  const char* owner;
  const char* rights;      // nullptr: there are none
  const char* letter;      // for acldefault()
  const char* granted_on;  // SQL
};

// GRANT calls every relation but a sequence a table, and an aggregate a function.
constexpr Catalogue kCatalogues[] = {
    {"pg_class", "relowner", "relacl", "CASE o.relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\"",
     "CASE o.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || o.oid::regclass"},
    {"pg_proc", "proowner", "proacl", "'f'", "'ROUTINE ' || o.oid::regprocedure"},
    {"pg_type", "typowner", "typacl", "'T'", "'TYPE ' || o.oid::regtype"},
    {"pg_namespace", "nspowner", "nspacl", "'n'", "'SCHEMA ' || quote_ident(o.nspname)"},
    {"pg_language", "lanowner", "lanacl", "'l'", "'LANGUAGE ' || quote_ident(o.lanname)"},
    {"pg_foreign_data_wrapper", "fdwowner", "fdwacl", "'F'",
     "'FOREIGN DATA WRAPPER ' || quote_ident(o.fdwname)"},
    {"pg_foreign_server", "srvowner", "srvacl", "'S'",
     "'FOREIGN SERVER ' || quote_ident(o.srvname)"},
    {"pg_operator", "oprowner", nullptr, "", ""},
    {"pg_opclass", "opcowner", nullptr, "", ""},
    {"pg_opfamily", "opfowner", nullptr, "", ""},
    {"pg_collation", "collowner", nullptr, "", ""},
    {"pg_conversion", "conowner", nullptr, "", ""},
    {"pg_ts_dict", "dictowner", nullptr, "", ""},
    {"pg_ts_config", "cfgowner", nullptr, "", ""},
    {"pg_event_trigger", "evtowner", nullptr, "", ""},
    {"pg_publication", "pubowner", nullptr, "", ""},
    {"pg_statistic_ext", "stxowner", nullptr, "", ""},
};

void read_owners(Survey& survey) {
  std::vector<std::string> queries;
  for (const Catalogue& catalogue : kCatalogues) {
    queries.push_back(std::string("SELECT '") + catalogue.name +
                      "'::regclass::oid, o.oid, quote_ident(pg_get_userbyid(o." + catalogue.owner +
                      ")) FROM " + catalogue.name + " o WHERE o.oid >= 16384");
  }
  survey.ask(listed(queries, " UNION ALL "), [&](Cells& cells) {
    const auto system = static_cast<System>(cells.id());
    const Key key{system, cells.id()};
    Draft* draft = survey.find(key);
    if (draft == nullptr || !(draft->key == key) || draft->called.empty()) return;
    const std::string owner = cells.text();
    draft->set("owner", owner);
    // Of an identity column the table's.
    if (draft->made_with == nullptr) draft->step("ALTER " + draft->called + " OWNER TO " + owner);
  });
}

// One row for each object and who has rights on it: those without and with GRANT OPTION, how GRANT
// calls the object, and whether somebody has given or taken rights at all.
std::string rights_of(const std::string& granted) {
  return "CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, "
         "string_agg(a.privilege_type" +
         granted +
         ", ', ' ORDER BY a.privilege_type) FILTER (WHERE NOT a.is_grantable), "
         "string_agg(a.privilege_type" +
         granted + ", ', ' ORDER BY a.privilege_type) FILTER (WHERE a.is_grantable)";
}

// `on`: "ON TABLE a.b".
void grant(Draft& draft, const std::string& on, Cells& cells, bool told_only) {
  const std::string grantee = cells.text();
  const std::string plain = cells.text();
  const std::string grantable = cells.text();
  std::string value = plain;
  if (!grantable.empty()) {
    value += (value.empty() ? "" : "; ") + grantable + " with grant option";
  }
  draft.set("rights of " + grantee, value);
  if (told_only) return;
  if (!plain.empty()) draft.step("GRANT " + plain + on + " TO " + grantee);
  if (!grantable.empty()) {
    draft.step("GRANT " + grantable + on + " TO " + grantee + " WITH GRANT OPTION");
  }
}

void read_object_rights(Survey& survey, const Catalogue& catalogue) {
  const std::string acl = std::string("o.") + catalogue.rights;
  const std::string granted_on =
      survey.since(11, catalogue.granted_on,
                   "replace(" + std::string(catalogue.granted_on) + ", 'ROUTINE ', 'FUNCTION ')");
  const Draft* last = nullptr;
  survey.ask(
      std::string("SELECT '") + catalogue.name +
          "'::regclass::oid, x.oid, x.granted_on, x.usual, x.owner, " + rights_of("") +
          " FROM (SELECT o.oid, " + granted_on + " AS granted_on, " + acl +
          " IS NULL AS usual, quote_ident(pg_get_userbyid(o." + catalogue.owner +
          ")) AS owner, coalesce(" + acl + ", acldefault(" + catalogue.letter + ", o." +
          catalogue.owner + ")) AS rights FROM " + catalogue.name +
          " o WHERE o.oid >= 16384) x, aclexplode(x.rights) a GROUP BY 2, 3, 4, 5, a.grantee "
          "ORDER BY 2, 6",
      [&](Cells& cells) {
        const auto system = static_cast<System>(cells.id());
        const Key key{system, cells.id()};
        Draft* draft = survey.find(key);
        if (draft == nullptr || !(draft->key == key)) return;
        const std::string on = " ON " + cells.text();
        const bool usual = cells.flag();
        const std::string owner = cells.text();
        if (!usual && draft != last) draft->step("REVOKE ALL" + on + " FROM PUBLIC, " + owner);
        last = draft;
        grant(*draft, on, cells, usual);
      });
}

void read_column_rights(Survey& survey) {
  survey.ask(
      "SELECT o.attrelid, o.attnum, o.attrelid::regclass::text, " +
          rights_of(" || ' (' || quote_ident(o.attname) || ')'") +
          " FROM pg_attribute o, aclexplode(o.attacl) a WHERE o.attrelid >= 16384 AND "
          "o.attacl IS NOT NULL GROUP BY o.attrelid, o.attnum, o.attname, a.grantee ORDER BY "
          "1, 2, 4",
      [&](Cells& cells) {
        const ObjectId relation = cells.id();
        Draft* draft = survey.find({System::relation, relation, static_cast<int>(cells.integer())});
        if (draft != nullptr) grant(*draft, " ON TABLE " + cells.text(), cells, false);
      });
}

// An empty database has the schema public, with rights of its own.
void read_public(Survey& survey) {
  bool added = false;
  survey.ask(
      "SELECT o.oid, quote_ident(pg_get_userbyid(o.nspowner)), " + rights_of("") +
          " FROM pg_namespace o LEFT JOIN pg_init_privs i ON i.objoid = o.oid AND i.classoid = "
          "'pg_namespace'::regclass, aclexplode(o.nspacl) a WHERE o.nspname = 'public' AND o.oid < "
          "16384 AND (o.nspacl::text IS DISTINCT FROM i.initprivs::text OR "
          "pg_get_userbyid(o.nspowner"
          ") <> " +
          survey.since(15, "'pg_database_owner'", "pg_get_userbyid(10)") +
          ") GROUP BY o.oid, o.nspowner, a.grantee ORDER BY 3",
      [&](Cells& cells) {
        const Key key{System::schema, cells.id()};
        const std::string owner = cells.text();
        Draft* draft = survey.find(key);
        if (draft == nullptr) draft = &survey.add(key, {"schema", "public", ""});
        if (!added) {
          draft->set("owner", owner);
          draft->step("ALTER SCHEMA public OWNER TO " + owner);
          draft->step("REVOKE ALL ON SCHEMA public FROM PUBLIC, " + owner);
        }
        added = true;
        grant(*draft, " ON SCHEMA public", cells, false);
      });
}

// Those for a schema are added to the usual ones, those without are in place of them.
void read_default_privileges(Survey& survey) {
  survey.ask(
      "SELECT d.oid, quote_ident(pg_get_userbyid(d.defaclrole)), quote_ident(n.nspname), CASE "
      "d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' "
      "WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END, " +
          rights_of("") +
          " FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace LEFT JOIN "
          "LATERAL aclexplode(d.defaclacl) a ON true GROUP BY d.oid, d.defaclrole, "
          "d.defaclobjtype, n.nspname, a.grantee ORDER BY "
          "1, 5",
      [&](Cells& cells) {
        const Key key{System::default_acl, cells.id()};
        const std::string role = cells.text();
        const std::string schema = cells.text();
        const std::string kind = cells.text();
        Draft* draft = survey.find(key);
        const std::string prefix = "ALTER DEFAULT PRIVILEGES FOR ROLE " + role +
                                   (schema.empty() ? " " : " IN SCHEMA " + schema + " ");
        if (draft == nullptr) {
          draft = &survey.add(
              key, {"default privileges",
                    "of " + role + (schema.empty() ? "" : " in " + schema) + " on " + kind, ""});
          draft->set("for", kind);
          if (!schema.empty()) draft->needs.push_back({"schema", schema, ""});
          if (schema.empty()) {
            draft->step(prefix + "REVOKE ALL ON " + kind + " FROM PUBLIC, " + role);
          }
        }
        const std::size_t from = draft->object.steps.size();
        grant(*draft, " ON " + kind, cells, false);
        for (std::size_t i = from; i < draft->object.steps.size(); ++i) {
          draft->object.steps[i].sql = prefix + draft->object.steps[i].sql;
        }
      });
}

}  // namespace

void read_rights(Survey& survey) {
  read_public(survey);
  read_owners(survey);
  for (const Catalogue& catalogue : kCatalogues) {
    if (catalogue.rights != nullptr) read_object_rights(survey, catalogue);
  }
  read_column_rights(survey);
  read_default_privileges(survey);
}

}  // namespace gander::driver::postgres
