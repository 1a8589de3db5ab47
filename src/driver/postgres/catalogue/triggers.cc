// SPDX-License-Identifier: MIT
// Triggers of tables and views, and event triggers. See constraints.cc for those inside of keys.
#include "src/driver/postgres/catalogue/kinds.h"

namespace gander::driver::postgres {
namespace {

// pg_trigger.tgenabled, pg_rewrite.ev_enabled, pg_event_trigger.evtenabled.
const char* told(char enabled) {
  switch (enabled) {
    case 'D':
      return "no";
    case 'R':
      return "replica";
    case 'A':
      return "always";
    default:
      return "";
  }
}

// "DISABLE", as ALTER says it.
const char* verb(char enabled) {
  switch (enabled) {
    case 'D':
      return "DISABLE";
    case 'R':
      return "ENABLE REPLICA";
    case 'A':
      return "ENABLE ALWAYS";
    default:
      return "ENABLE";
  }
}

void read_trigger(Survey& survey, Cells& cells) {
  const Key key{System::trigger, cells.id()};
  const Relation* relation = survey.relation(cells.id());
  if (relation == nullptr) return;
  const std::string name = cells.text();
  const std::string definition = cells.expression();
  const char enabled = cells.letter();
  Draft& draft = survey.add(key, {"trigger", name, relation->name});
  draft.called = "TRIGGER " + name + " ON " + relation->name;
  draft.set("definition", definition);
  draft.set("enabled", told(enabled));
  draft.step(definition);
  // It is made for the partitions with it.
  relation->visit_partitions(
      [&](const Relation& partition) { draft.needs.push_back(partition.draft->object.id); });
  if (enabled != 'O') {
    draft.step("ALTER TABLE " + relation->name + " " + verb(enabled) + " TRIGGER " + name);
  }
}

// That of a partition comes with its table's, and is one more object only where it is not as that.
void read_partitions_trigger(Survey& survey, Cells& cells) {
  const Key key{System::trigger, cells.id()};
  const Relation* relation = survey.relation(cells.id());
  const Draft* above = survey.find({System::trigger, cells.id()});
  if (relation == nullptr || above == nullptr) return;
  const std::string name = cells.text();
  const char enabled = cells.letter();
  Draft& draft = survey.add(key, {"trigger", name, relation->name});
  draft.set("enabled", enabled == 'O' ? "yes" : told(enabled));
  draft.step("ALTER TABLE ONLY " + relation->name + " " + verb(enabled) + " TRIGGER " + name);
  draft.needs.push_back(above->object.id);
}

// Before 13 a partition's trigger leads to its table's by a dependency alone.
std::string partitions_triggers_sql(const Survey& survey) {
  const std::string columns =
      "SELECT t.oid, t.tgrelid, p.oid, quote_ident(t.tgname), t.tgenabled FROM pg_trigger "
      "t ";
  // The topmost is the one with a statement of its own.
  if (survey.since(13)) {
    return "WITH RECURSIVE up AS (SELECT oid, tgparentid AS top FROM pg_trigger WHERE tgparentid "
           "<> "
           "0 UNION ALL SELECT up.oid, g.tgparentid FROM up JOIN pg_trigger g ON g.oid = up.top "
           "WHERE g.tgparentid <> 0) " +
           columns +
           "JOIN up ON up.oid = t.oid JOIN pg_trigger p ON p.oid = up.top AND p.tgparentid = 0 "
           "JOIN "
           "pg_trigger d ON d.oid = t.tgparentid WHERE NOT p.tgisinternal AND (t.tgenabled <> "
           "d.tgenabled OR t.tgenabled <> p.tgenabled) ORDER BY t.oid";
  }
  return columns +
         "JOIN pg_depend x ON x.classid = 'pg_trigger'::regclass AND x.objid = t.oid AND "
         "x.refclassid "
         "= 'pg_trigger'::regclass JOIN pg_trigger p ON p.oid = x.refobjid WHERE t.tgenabled <> "
         "p.tgenabled ORDER BY t.oid";
}

void read_event_triggers(Survey& survey) {
  survey.ask(
      "SELECT e.oid, quote_ident(e.evtname), e.evtevent, e.evtfoid::regproc, e.evtenabled, (SELECT "
      "string_agg(quote_literal(t), ', ' ORDER BY t) FROM unnest(e.evttags) t) FROM "
      "pg_event_trigger e ORDER BY 2",
      [&](Cells& cells) {
        const Key key{System::event_trigger, cells.id()};
        const std::string name = cells.text();
        if (survey.is_member(key)) return;
        Draft& draft = survey.add(key, {"event trigger", name, ""});
        draft.called = "EVENT TRIGGER " + name;
        const std::string event = cells.text();
        const std::string function = cells.text();
        const char enabled = cells.letter();
        const std::string tags = cells.text();
        draft.set("event", event);
        draft.set("tags", tags);
        draft.set("function", function);
        draft.set("enabled", told(enabled));
        draft.step("CREATE EVENT TRIGGER " + name + " ON " + event +
                   (tags.empty() ? "" : " WHEN TAG IN (" + tags + ")") + " EXECUTE " +
                   survey.since(11, "FUNCTION ", "PROCEDURE ") + function + "()");
        if (enabled != 'O') draft.step("ALTER EVENT TRIGGER " + name + " " + verb(enabled));
      });
}

}  // namespace

void read_triggers(Survey& survey) {
  survey.ask(
      "SELECT t.oid, t.tgrelid, quote_ident(t.tgname), pg_get_triggerdef(t.oid), "
      "t.tgenabled FROM pg_trigger t WHERE NOT t.tgisinternal" +
          survey.since(13, " AND t.tgparentid = 0"),
      [&](Cells& cells) { read_trigger(survey, cells); });
  if (survey.since(11)) {
    survey.ask(partitions_triggers_sql(survey),
               [&](Cells& cells) { read_partitions_trigger(survey, cells); });
  }
  read_event_triggers(survey);
}

void read_rules(Survey& survey) {
  survey.ask(
      "SELECT r.oid, r.ev_class, quote_ident(r.rulename), "
      "rtrim(CASE WHEN r.rulename <> '_RETURN' THEN pg_get_ruledef(r.oid) END, ';'), "
      "r.ev_enabled FROM pg_rewrite r WHERE r.oid >= 16384 ORDER BY r.oid",
      [&](Cells& cells) {
        const Key key{System::rewrite, cells.id()};
        const Key table{System::relation, cells.id()};
        const std::string name = cells.text();
        const Relation* relation = survey.relation(table.object);
        // A view's query is the view.
        if (relation == nullptr || name == "\"_RETURN\"") return survey.alias(key, table);
        const std::string definition = cells.expression();
        const char enabled = cells.letter();
        Draft& draft = survey.add(key, {"rule", name, relation->name});
        draft.called = "RULE " + name + " ON " + relation->name;
        draft.set("definition", definition);
        draft.set("enabled", told(enabled));
        draft.step(definition);
        if (enabled != 'O') {
          draft.step("ALTER TABLE " + relation->name + " " + verb(enabled) + " RULE " + name);
        }
      });
}

}  // namespace gander::driver::postgres
