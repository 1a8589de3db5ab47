// SPDX-License-Identifier: MIT
// Publications and subscriptions. The tables of the migration tool are in no list of a publication.
#include <map>

#include "src/driver/postgres/catalogue/kinds.h"
#include "src/driver/postgres/catalogue/texts.h"

namespace gander::driver::postgres {
namespace {

// What publications hold, by their number.
using Lists = std::map<ObjectId, std::vector<std::string>>;

void read_tables(Survey& survey, Lists* lists) {
  survey.ask(
      "SELECT r.oid, r.prpubid, r.prrelid, format('%I.%I', n.nspname, c.relname) || " +
          survey.since(15,
                       "coalesce((SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY "
                       "a.attnum) || ')' FROM pg_attribute a WHERE a.attrelid = r.prrelid AND "
                       "a.attnum = ANY (r.prattrs)), '') || coalesce(' WHERE ' || "
                       "pg_get_expr(r.prqual, r.prrelid), '')",
                       "''") +
          " FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON "
          "n.oid = c.relnamespace ORDER BY 4",
      [&](Cells& cells) {
        const Key key{System::publication_relation, cells.id()};
        const ObjectId publication = cells.id();
        const Key table{System::relation, cells.id()};
        if (survey.left_out(table)) return survey.leave_out(key);
        (*lists)[publication].push_back("TABLE ONLY " + cells.expression());
        survey.alias(key, {System::publication, publication});
      });
}

void read_schemas_of(Survey& survey, Lists* lists) {
  survey.ask(
      "SELECT s.oid, s.pnpubid, quote_ident(n.nspname) FROM pg_publication_namespace s JOIN "
      "pg_namespace n ON n.oid = s.pnnspid ORDER BY 3",
      [&](Cells& cells) {
        const Key key{System::publication_schema, cells.id()};
        const ObjectId publication = cells.id();
        (*lists)[publication].push_back("TABLES IN SCHEMA " + cells.text());
        survey.alias(key, {System::publication, publication});
      });
}

std::string publications_sql(const Survey& survey) {
  return "SELECT p.oid, quote_ident(p.pubname), p.puballtables, concat_ws(', ', CASE WHEN "
         "p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN "
         "p.pubdelete THEN 'delete' END" +
         survey.since(11, ", CASE WHEN p.pubtruncate THEN 'truncate' END") + "), " +
         survey.since(13, "CASE WHEN p.pubviaroot THEN ', publish_via_partition_root = true' END",
                      "NULL") +
         ", " +
         survey.since(
             18, "CASE WHEN p.pubgencols = 's' THEN ', publish_generated_columns = stored' END",
             "NULL") +
         " FROM pg_publication p ORDER BY 2";
}

void read_publication(Survey& survey, Cells& cells) {
  const Key key{System::publication, cells.id()};
  const std::string name = cells.text();
  Draft& draft = survey.add(key, {"publication", name, ""});
  draft.called = "PUBLICATION " + name;
  const bool all = cells.flag();
  const std::string operations = cells.text();
  const std::string via_root = cells.text();
  const std::string generated = cells.text();
  if (all) draft.set("all tables", "yes");
  draft.set("operations", operations.empty() ? "none" : operations);
  if (!via_root.empty()) draft.set("via partition root", "yes");
  if (!generated.empty()) draft.set("generated columns", "stored");
  draft.step("CREATE PUBLICATION " + name + (all ? " FOR ALL TABLES" : "") + " WITH (publish = '" +
             operations + "'" + via_root + generated + ")");
}

// Each is a statement and a property of its own: a publication may have thousands.
void add_lists(Survey& survey, const Lists& lists) {
  for (const auto& [publication, list] : lists) {
    Draft* draft = survey.find({System::publication, publication});
    if (draft == nullptr) continue;
    for (const std::string& entry : list) {
      draft->set("includes " + entry, "yes");
      draft->step("ALTER PUBLICATION " + draft->object.id.name + " ADD " + entry);
    }
  }
}

// --- subscriptions -----------------------------------------------------------------------------

// How to reach the publisher, without passwords; nothing where one may still be in it.
constexpr char kWithoutPasswords[] =
    "(SELECT CASE WHEN y.c ~* 'password' THEN '' ELSE btrim(y.c) END FROM (SELECT "
    "regexp_replace(regexp_replace(regexp_replace(s.subconninfo, "
    "'(ssl)?password\\s*=\\s*(''(\\\\.|[^''\\\\])*''|(\\\\.|[^\\s\\\\''&])+)?&?', '', 'gi'), "
    "'(://[^:/@]*):[^@/]*@', '\\1@', 'g'), '\\s+', ' ', 'g') AS c) y)";

std::string subscriptions_sql(const Survey& survey, bool readable) {
  return "SELECT s.oid, quote_ident(s.subname), " +
         std::string(readable ? kWithoutPasswords : "''") +
         ", s.subenabled, (SELECT string_agg(quote_ident(p), ', ' ORDER BY p) FROM "
         "unnest(s.subpublications) p), concat_ws(', ', 'slot_name = ' || "
         "coalesce(quote_literal(s.subslotname), 'NONE'), CASE WHEN s.subsynccommit <> 'off' THEN "
         "'synchronous_commit = ' || quote_literal(s.subsynccommit) END" +
         survey.since(14, ", CASE WHEN s.subbinary THEN 'binary = true' END") +
         survey.since(
             16,
             ", CASE s.substream WHEN 't' THEN 'streaming = on' WHEN 'p' THEN 'streaming = "
             "parallel' WHEN 'f' THEN 'streaming = off' END",
             survey.since(14, ", CASE WHEN s.substream THEN 'streaming = on' END")) +
         survey.since(
             15,
             ", CASE WHEN s.subtwophasestate <> 'd' THEN 'two_phase = true' END, CASE WHEN "
             "s.subdisableonerr THEN 'disable_on_error = true' END") +
         survey.since(16,
                      ", CASE WHEN NOT s.subpasswordrequired THEN 'password_required = false' END, "
                      "CASE WHEN s.subrunasowner THEN 'run_as_owner = true' END, CASE WHEN "
                      "s.suborigin <> 'any' THEN 'origin = ' || quote_literal(s.suborigin) END") +
         survey.since(17, ", CASE WHEN s.subfailover THEN 'failover = true' END") +
         ") FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = "
         "current_database() ORDER BY 2";
}

void read_subscriptions(Survey& survey) {
  bool readable = false;
  survey.ask("SELECT has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'SELECT')",
             [&](Cells& cells) { readable = cells.flag(); });
  survey.ask(subscriptions_sql(survey, readable), [&](Cells& cells) {
    const Key key{System::subscription, cells.id()};
    const std::string name = cells.text();
    Draft& draft = survey.add(key, {"subscription", name, ""});
    draft.object.reader_dependent = true;
    draft.called = "SUBSCRIPTION " + name;
    const std::string connection = cells.text();
    const bool enabled = cells.flag();
    const std::string publications = cells.text();
    const std::string options = cells.text();
    draft.set("connection", connection);
    if (!enabled) draft.set("enabled", "no");
    draft.set("publications", publications);
    draft.set("options", options);
    std::string quoted;
    for (const char c : connection) quoted += c == '\'' ? "''" : std::string(1, c);
    draft.step("CREATE SUBSCRIPTION " + name + " CONNECTION '" + quoted + "' PUBLICATION " +
               publications + " WITH (connect = false, " + options + ")");
    survey.remark(draft.object.id,
                  "a dump makes it without the password, not connected and not enabled");
  });
}

}  // namespace

void read_publications(Survey& survey) {
  survey.ask(publications_sql(survey), [&](Cells& cells) { read_publication(survey, cells); });
  Lists lists;
  read_tables(survey, &lists);
  if (survey.since(15)) read_schemas_of(survey, &lists);
  add_lists(survey, lists);
  read_subscriptions(survey);
}

}  // namespace gander::driver::postgres
