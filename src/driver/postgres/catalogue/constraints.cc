// SPDX-License-Identifier: MIT
// Constraints of tables: keys, exclusions, checks, foreign keys. See relations.cc for NOT NULL,
// types.cc for those of domains.
#include <map>

#include "src/driver/postgres/catalogue/kinds.h"
#include "src/driver/postgres/dialect.h"

namespace gander::driver::postgres {
namespace {

const char* kind_of(char contype) {
  switch (contype) {
    case 'p':
      return "primary key";
    case 'u':
      return "unique constraint";
    case 'x':
      return "exclusion constraint";
    case 'f':
      return "foreign key";
    default:
      return "check constraint";
  }
}

std::string constraints_sql(const Survey& survey) {
  return "SELECT k.oid, k.conrelid, k.contype, quote_ident(k.conname), "
         "pg_get_constraintdef(k.oid), k.convalidated, k.conislocal, coalesce(" +
         survey.since(11, "k.conparentid", "0") +
         ", 0), k.conindid, k.confrelid, k.coninhcount > 0 FROM pg_constraint k JOIN pg_class c ON "
         "c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype IN "
         "('p', "
         "'u', 'x', 'f', 'c') AND" +
         kUserSchema + "ORDER BY k.conrelid, k.conname";
}

struct Constraint {
  Key key;
  char type;
  std::string name;
  std::string definition;
  bool valid;
  bool local;
  Key parent;
  Key index;
  Key target;  // of a foreign key
  bool inherited;
};

void read_check(Survey& survey, const Constraint& constraint, Relation& relation) {
  if (!constraint.local && !relation.partition) {
    return survey.alias(constraint.key, relation.draft->key);
  }
  Draft& draft = survey.add(constraint.key, {"check constraint", constraint.name, relation.name});
  draft.called = "CONSTRAINT " + constraint.name + " ON " + relation.name;
  draft.set("definition", constraint.definition);
  if (constraint.inherited) draft.set("inherited", constraint.local ? "and local" : "yes");
  draft.made_with = relation.draft;
  if (constraint.local) {
    draft.by_itself = std::string("ALTER TABLE ") + relation.name + " ADD CONSTRAINT " +
                      constraint.name + " " + constraint.definition;
    draft.later = !constraint.valid;
  }
  // One that is not checked yet comes to a partition from its table.
  if (!constraint.local && !constraint.valid) return;
  relation.checks.push_back(
      {&draft, "CONSTRAINT " + constraint.name + " " + constraint.definition});
}

// The partitions must be there: what is made for the table is made for them with it.
void wait_for_partitions(const Relation& relation, Draft& draft) {
  relation.visit_partitions(
      [&](const Relation& partition) { draft.needs.push_back(partition.draft->object.id); });
}

void read_key(Survey& survey, const Constraint& constraint, Relation& relation) {
  Draft& draft =
      survey.add(constraint.key, {kind_of(constraint.type), constraint.name, relation.name});
  draft.called = "CONSTRAINT " + constraint.name + " ON " + relation.name;
  draft.set("definition", constraint.definition);
  if (constraint.type != 'f' && constraint.index.object != 0) {
    survey.alias(constraint.index, constraint.key);
  }
  // Since 17 the index that an exclusion constraint has on a partitioned table takes no index of a
  // partition: it is made with its partitions' own, in one statement.
  const bool whole = constraint.type == 'f' || constraint.type == 'x';
  if (whole && constraint.parent.object != 0) return;
  wait_for_partitions(relation, draft);
  const bool only = relation.kind != 'p' || !whole;
  draft.step(std::string("ALTER TABLE ") + (only ? "ONLY " : "") + relation.name +
             " ADD CONSTRAINT " + constraint.name + " " + constraint.definition);
}

void read_constraint(Survey& survey, Cells& cells) {
  Constraint constraint;
  constraint.key = {System::constraint, cells.id()};
  const Key table{System::relation, cells.id()};
  constraint.type = cells.letter();
  constraint.name = cells.text();
  constraint.definition = cells.expression();
  constraint.valid = cells.flag();
  constraint.local = cells.flag();
  constraint.parent = {System::constraint, cells.id()};
  constraint.index = {System::relation, cells.id()};
  constraint.target = {System::relation, cells.id()};
  constraint.inherited = cells.flag();
  Relation* relation = survey.relation(table.object);
  if (relation == nullptr) {
    survey.alias(constraint.key, table);
    if (constraint.type != 'f') survey.alias(constraint.index, table);
    return;
  }
  if (constraint.type == 'c') return read_check(survey, constraint, *relation);
  // Made with that of the table whose partition this is, or to which it refers.
  if (constraint.type == 'f' && constraint.parent.object != 0) return;
  read_key(survey, constraint, *relation);
}

// --- the triggers inside of a foreign key or a deferrable key -----------------------------------

const char* state_of(char enabled) {
  switch (enabled) {
    case 'D':
      return "disabled";
    case 'R':
      return "replica";
    default:
      return "always";
  }
}

const char* verb_of(char enabled) {
  switch (enabled) {
    case 'D':
      return "DISABLE TRIGGER";
    case 'R':
      return "ENABLE REPLICA TRIGGER";
    default:
      return "ENABLE ALWAYS TRIGGER";
  }
}

// ALTER TABLE ... DISABLE TRIGGER ALL reaches these too, and then a key is not enforced. Their
// names hold numbers of this database, so they are looked for when the statement runs.
void read_inner_triggers(Survey& survey) {
  survey.ask(
      "SELECT t.tgconstraint, t.tgrelid, t.tgrelid::regclass::text, t.tgenabled, "
      "k.conrelid::regclass"
      "::text, k.conname FROM pg_trigger t JOIN pg_constraint k ON k.oid = t.tgconstraint WHERE "
      "t.tgisinternal AND t.tgenabled <> 'O' AND k.contype IN ('f', 'p', 'u', 'x') GROUP BY 1, 2, "
      "3, "
      "4, 5, 6 ORDER BY 1, 3, 4",
      [&](Cells& cells) {
        const Key key{System::constraint, cells.id()};
        Draft* draft = survey.find(key);
        const Key table{System::relation, cells.id()};
        const std::string name = cells.text();
        const char enabled = cells.letter();
        const std::string of = cells.text();
        const std::string plain = cells.text();
        const Draft* there = survey.find(table);
        if (draft == nullptr || there == nullptr || !(draft->key == key)) return;
        draft->set("triggers on " + name, state_of(enabled));
        const auto literal = [](const std::string& text) { return dialect().literal(text); };
        draft->step(
            "DO $do$ DECLARE t record; BEGIN FOR t IN SELECT g.tgname FROM "
            "pg_catalog.pg_trigger g JOIN pg_catalog.pg_constraint k ON k.oid = "
            "g.tgconstraint WHERE g.tgisinternal AND g.tgrelid = " +
            literal(name) + "::pg_catalog.regclass AND k.conrelid = " + literal(of) +
            "::pg_catalog.regclass AND k.conname = " + literal(plain) +
            " LOOP EXECUTE pg_catalog.format('ALTER TABLE %s " + verb_of(enabled) + " %I', " +
            literal(name) + ", t.tgname); END LOOP; END $do$");
      });
}

}  // namespace

void read_constraints(Survey& survey) {
  survey.ask(constraints_sql(survey), [&](Cells& cells) { read_constraint(survey, cells); });
  read_inner_triggers(survey);
}

}  // namespace gander::driver::postgres
