// SPDX-License-Identifier: MIT
// Extensions. What they make is theirs and in no snapshot; what somebody has made a member of one
// by hand is not made by CREATE EXTENSION, and is there with its ALTER EXTENSION ... ADD.
#include <map>

#include "src/driver/postgres/catalogue/kinds.h"

namespace gander::driver::postgres {
namespace {

constexpr char kProcedural[] = "plpgsql";
constexpr char kProceduralComment[] = "PL/pgSQL procedural language";

// An empty database has plpgsql: it is told where it is not as it was.
void read_extension(Survey& survey, Cells& cells, bool* procedural) {
  const Key key{System::extension, cells.id()};
  const std::string name = cells.text();
  const std::string schema = cells.text();
  const std::string comment = cells.text();
  const std::string stated = cells.text();
  const std::string configuration = cells.text();
  if (name == kProcedural) {
    *procedural = true;
    if (schema == "pg_catalog" && comment == kProceduralComment) return;
  }
  Draft& draft = survey.add(key, {"extension", name, ""});
  draft.step("CREATE EXTENSION IF NOT EXISTS " + name +
             (schema.empty() ? "" : " WITH SCHEMA " + schema));
  // It brings a comment, which may have been taken away.
  draft.step("COMMENT ON EXTENSION " + name + " IS " + stated);
  draft.set("schema", schema);
  draft.set("comment", comment);
  draft.set("configuration", configuration);
}

// Kinds of which somebody makes members by hand. A member whose own row is older than the one that
// makes it a member was there before: the script of an extension writes both in one command.
// pg_upgrade does not, and then it is so for nearly all.
constexpr char kMembers[] =
    "SELECT d.classid, d.objid, d.refobjid, quote_ident(e.extname), age(o.xmin) > age(d.xmin) OR "
    "(o.xmin = d.xmin AND o.cmin < d.cmin::text::bigint), o.what FROM pg_depend d JOIN "
    "pg_extension "
    "e ON e.oid = d.refobjid LEFT JOIN ("
    "SELECT 'pg_proc'::regclass AS class, p.oid, p.xmin AS xmin, p.cmin::text::bigint AS cmin, "
    "CASE WHEN EXISTS (SELECT FROM pg_aggregate a WHERE a.aggfnoid = p.oid) THEN 'AGGREGATE ' ELSE "
    "'FUNCTION ' END || p.oid::regprocedure AS what FROM pg_proc p WHERE p.oid >= 16384 UNION ALL "
    "SELECT 'pg_class'::regclass, c.oid, c.xmin, c.cmin::text::bigint, CASE c.relkind WHEN 'v' "
    "THEN "
    "'VIEW ' WHEN 'm' THEN 'MATERIALIZED VIEW ' WHEN 'S' THEN 'SEQUENCE ' WHEN 'f' THEN 'FOREIGN "
    "TABLE ' ELSE 'TABLE ' END || c.oid::regclass FROM pg_class c WHERE c.oid >= 16384 AND "
    "c.relkind "
    "IN ('r', 'p', 'v', 'm', 'S', 'f') UNION ALL "
    "SELECT 'pg_type'::regclass, t.oid, t.xmin, t.cmin::text::bigint, 'TYPE ' || t.oid::regtype "
    "FROM "
    "pg_type t WHERE t.oid >= 16384 AND t.typrelid = 0) o ON o.class = d.classid AND o.oid = "
    "d.objid "
    "WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' ORDER BY 1, 2";

struct Member {
  Key key;
  Key extension;
  std::string name;
  bool older;
  std::string what;
};

}  // namespace

void read_extensions(Survey& survey) {
  bool procedural = false;
  survey.ask(
      "SELECT e.oid, quote_ident(e.extname), CASE WHEN EXISTS (SELECT FROM pg_depend d WHERE "
      "d.classid = 'pg_namespace'::regclass AND d.objid = e.extnamespace AND d.refclassid = "
      "'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e') THEN '' ELSE "
      "quote_ident(n.nspname) END, obj_description(e.oid, 'pg_extension'), "
      "coalesce(quote_literal(obj_description(e.oid, 'pg_extension')), 'NULL'), (SELECT "
      "string_agg(u.t::regclass || coalesce(nullif(' ' || u.c, ' '), ''), ', ' ORDER BY "
      "u.t::regclass::text) FROM unnest(e.extconfig, e.extcondition) AS u(t, c)) FROM pg_extension "
      "e JOIN pg_namespace n ON n.oid = e.extnamespace",
      [&](Cells& cells) { read_extension(survey, cells, &procedural); });
  if (!procedural) {
    Draft& draft = survey.add({System::extension, 0}, {"extension", kProcedural, ""});
    draft.step(std::string("DROP EXTENSION IF EXISTS ") + kProcedural);
    draft.set("dropped", "yes");
  }
  std::vector<Member> members;
  std::map<ObjectId, std::size_t> all, older;
  survey.ask(kMembers, [&](Cells& cells) {
    Member member{{static_cast<System>(cells.id()), cells.id()},
                  {System::extension, cells.id()},
                  cells.text(),
                  cells.flag(),
                  cells.text()};
    ++all[member.extension.object];
    if (member.older) ++older[member.extension.object];
    members.push_back(std::move(member));
  });
  for (Member& member : members) {
    const ObjectId extension = member.extension.object;
    if (!member.older || older[extension] * 2 > all[extension]) {
      survey.member(member.key, member.extension);
    } else {
      survey.adopt(member.key, {member.extension, member.name, std::move(member.what)});
    }
  }
}

}  // namespace gander::driver::postgres
