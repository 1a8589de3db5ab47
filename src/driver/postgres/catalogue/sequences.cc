// SPDX-License-Identifier: MIT
// Sequences: those on their own, those that belong to a column, and those of identity columns,
// which are made with their column.
#include "src/driver/postgres/catalogue/kinds.h"

namespace gander::driver::postgres {
namespace {

struct Sequence {
  std::string name;
  bool unlogged = false;
  std::string type;
  std::string start;
  std::string increment;
  std::string lowest;   // empty: the usual one
  std::string highest;  // the same
  std::string cache;
  bool cycles = false;
  Relation* owner = nullptr;
  Column* column = nullptr;
  bool identity = false;
};

// What follows the name, or SEQUENCE NAME, as far as it is not as usual.
std::string options_of(const Sequence& sequence) {
  std::string sql;
  const bool usual_start = sequence.start.empty();
  if (!usual_start) sql += " START WITH " + sequence.start;
  if (sequence.increment != "1") sql += " INCREMENT BY " + sequence.increment;
  if (!sequence.lowest.empty()) sql += " MINVALUE " + sequence.lowest;
  if (!sequence.highest.empty()) sql += " MAXVALUE " + sequence.highest;
  if (sequence.cache != "1") sql += " CACHE " + sequence.cache;
  if (sequence.cycles) sql += " CYCLE";
  return sql;
}

std::string sequences_sql(const Survey& survey) {
  const std::string highest =
      "CASE s.seqtypid::regtype::text WHEN 'smallint' THEN 32767 WHEN 'integer' THEN 2147483647 "
      "ELSE 9223372036854775807 END";
  const std::string usual_lowest =
      "CASE WHEN s.seqincrement > 0 THEN 1 ELSE -" + highest + " - 1 END";
  const std::string usual_highest = "CASE WHEN s.seqincrement > 0 THEN " + highest + " ELSE -1 END";
  return "SELECT c.oid, format('%I.%I', n.nspname, c.relname), " +
         survey.since(15, "c.relpersistence = 'u'", "false") +
         ", s.seqtypid::regtype, CASE WHEN s.seqstart <> CASE WHEN s.seqincrement > 0 THEN "
         "s.seqmin "
         "ELSE s.seqmax END THEN s.seqstart::text END, s.seqincrement::text, CASE WHEN s.seqmin "
         "<> " +
         usual_lowest + " THEN s.seqmin::text END, CASE WHEN s.seqmax <> " + usual_highest +
         " THEN s.seqmax::text END, s.seqcache::text, s.seqcycle, coalesce(d.refobjid, 0), "
         "coalesce(d.refobjsubid, 0), coalesce(d.deptype = 'i', false) FROM pg_sequence s JOIN "
         "pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN "
         "pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 "
         "AND "
         "d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') "
         "WHERE" +
         kUserSchema;
}

void tell(Draft& draft, const Sequence& sequence) {
  draft.set("type", sequence.type);
  draft.set("start", sequence.start);
  draft.set("increment", sequence.increment);
  draft.set("minimum", sequence.lowest);
  draft.set("maximum", sequence.highest);
  draft.set("cache", sequence.cache);
  if (sequence.cycles) draft.set("cycle", "yes");
  if (sequence.unlogged) draft.set("persistence", "unlogged");
  if (sequence.column != nullptr) {
    draft.set(sequence.identity ? "identity of" : "owned by",
              sequence.owner->name + "." + sequence.column->name);
  }
}

void read_sequence(Survey& survey, Cells& cells) {
  const Key key{System::relation, cells.id()};
  Sequence sequence;
  sequence.name = cells.text();
  sequence.unlogged = cells.flag();
  sequence.type = cells.text();
  sequence.start = cells.text();
  sequence.increment = cells.text();
  sequence.lowest = cells.text();
  sequence.highest = cells.text();
  sequence.cache = cells.text();
  sequence.cycles = cells.flag();
  const Key owner{System::relation, cells.id()};
  const int number = static_cast<int>(cells.integer());
  sequence.identity = cells.flag();
  if (survey.left_out(key) || survey.left_out(owner)) return survey.leave_out(key);
  if (survey.is_member(key)) return;
  sequence.owner = survey.relation(owner.object);
  if (sequence.owner != nullptr) sequence.column = sequence.owner->column(number);

  Draft& draft = survey.add(key, {"sequence", sequence.name, ""});
  draft.called = "SEQUENCE " + sequence.name;
  tell(draft, sequence);
  const std::string options = options_of(sequence);
  if (sequence.identity) {
    if (sequence.column == nullptr) return;
    sequence.column->identity_options = " (SEQUENCE NAME " + sequence.name + options + ")";
    draft.made_with = sequence.owner->draft;
    return;
  }
  draft.step(std::string("CREATE ") + (sequence.unlogged ? "UNLOGGED " : "") + "SEQUENCE " +
             sequence.name + (sequence.type == "bigint" ? "" : " AS " + sequence.type) + options);
  if (sequence.column == nullptr) return;
  // By the column, whose table needs the sequence for its default.
  sequence.column->draft->step("ALTER SEQUENCE " + sequence.name + " OWNED BY " +
                               sequence.owner->name + "." + sequence.column->name);
  sequence.column->draft->needs.push_back(draft.object.id);
}

}  // namespace

void read_sequences(Survey& survey) {
  survey.ask(sequences_sql(survey), [&](Cells& cells) { read_sequence(survey, cells); });
}

}  // namespace gander::driver::postgres
