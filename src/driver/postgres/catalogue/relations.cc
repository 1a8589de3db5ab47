// SPDX-License-Identifier: MIT
// Tables, foreign tables, views and materialised views, with their columns and what they inherit.
#include <algorithm>
#include <map>

#include "src/driver/postgres/catalogue/kinds.h"
#include "src/driver/postgres/catalogue/texts.h"

namespace gander::driver::postgres {
namespace {

constexpr char kRelations[] = " c.relkind IN ('r', 'p', 'f', 'v', 'm') AND";

const char* kind_of(char relkind) {
  switch (relkind) {
    case 'f':
      return "foreign table";
    case 'v':
      return "view";
    case 'm':
      return "materialized view";
    default:
      return "table";
  }
}

std::string all_options_sql(const Survey& survey, const std::string& order) {
  return "concat_ws(', ', " + options_sql("c.reloptions", order) + ", " +
         options_sql("x.reloptions", order, "toast.") +
         survey.since(12, "", ", CASE WHEN c.relhasoids THEN 'oids = true' END") + ")";
}

std::string relations_sql(const Survey& survey) {
  return "SELECT c.oid, c.reltype, coalesce(t.typarray, 0), c.relkind, "
         "format('%I.%I', n.nspname, c.relname), c.relpersistence = 'u', c.relispartition, "
         "pg_get_expr(c.relpartbound, c.oid), CASE c.relkind WHEN 'p' THEN "
         "pg_get_partkeydef(c.oid) END, CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text "
         "END, CASE WHEN c.relkind = 'v' THEN '' WHEN m.amname <> 'heap' THEN "
         "quote_ident(m.amname) "
         "END, " +
         all_options_sql(survey, "o") + ", " + all_options_sql(survey, "ordinality") +
         ", quote_ident(s.spcname), c.relreplident, c.relrowsecurity, c.relforcerowsecurity, "
         "quote_ident(fs.srvname), " +
         foreign_options_sql("f.ftoptions") +
         ", CASE WHEN c.relkind IN ('v', 'm') THEN rtrim(pg_get_viewdef(c.oid), ';') END FROM "
         "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_type t ON t.oid = "
         "c.reltype LEFT JOIN pg_class x ON x.oid = c.reltoastrelid LEFT JOIN pg_am m ON m.oid = "
         "c.relam LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace LEFT JOIN pg_foreign_table "
         "f "
         "ON f.ftrelid = c.oid LEFT JOIN pg_foreign_server fs ON fs.oid = f.ftserver WHERE" +
         kRelations + kUserSchema;
}

void tell(Draft& draft, const Relation& relation, std::string sorted_options) {
  if (relation.unlogged) draft.set("persistence", "unlogged");
  draft.set("query", relation.query);
  draft.set("partitioned by", relation.split_by);
  draft.set("partition", relation.bound);
  draft.set("of type", relation.of_type);
  draft.set("access method", relation.method);
  draft.set("options", std::move(sorted_options));
  draft.set("tablespace", relation.space);
  draft.set("server", relation.server);
  draft.set("server options", relation.server_options);
}

void read_relation(Survey& survey, Cells& cells) {
  const Key key{System::relation, cells.id()};
  const Key row_type{System::type, cells.id()};
  const Key array{System::type, cells.id()};
  const auto alias_types = [&] {
    for (const Key& type : {row_type, array}) {
      if (type.object != 0) survey.alias(type, key);
    }
  };
  if (survey.left_out(key) || survey.is_member(key)) return alias_types();
  Relation& relation = survey.relations()[key.object];
  relation.kind = cells.letter();
  relation.name = cells.text();
  relation.unlogged = cells.flag();
  relation.partition = cells.flag();
  relation.bound = cells.expression();
  relation.split_by = cells.text();
  relation.of_type = cells.text();
  relation.method = cells.text();
  std::string sorted_options = cells.text();
  relation.options = cells.text();
  relation.space = cells.text();
  const char identity = cells.letter();
  const bool secured = cells.flag();
  const bool forced = cells.flag();
  relation.server = cells.text();
  relation.server_options = cells.text();
  relation.query = cells.expression();

  Draft& draft = survey.add(key, {kind_of(relation.kind), relation.name, ""});
  alias_types();
  relation.draft = &draft;
  draft.called = relation.called() + (" " + relation.name);
  draft.compose = [&relation] { return relation.statement(); };
  draft.object.steps.emplace_back();  // what compose() tells
  tell(draft, relation, std::move(sorted_options));
  const std::string alter = "ALTER TABLE ONLY " + relation.name;
  const bool replicated = relation.kind != 'v' && relation.kind != 'f';
  if (replicated && (identity == 'f' || identity == 'n')) {
    draft.set("replica identity", identity == 'f' ? "full" : "nothing");
    draft.step(alter + " REPLICA IDENTITY " + (identity == 'f' ? "FULL" : "NOTHING"));
  }
  if (secured) draft.step(alter + " ENABLE ROW LEVEL SECURITY");
  if (forced) draft.step(alter + " FORCE ROW LEVEL SECURITY");
  if (secured || forced) {
    draft.set("row security", secured ? (forced ? "enabled, forced" : "enabled") : "off, forced");
  }
}

std::string columns_sql(const Survey& survey) {
  return "SELECT a.attrelid, a.attnum, quote_ident(a.attname), "
         "format_type(a.atttypid, a.atttypmod), a.atttypid, a.attcollation, " +
         collate_sql("a.attcollation", "t.typcollation") +
         ", a.attislocal, a.attinhcount > 0, a.attnotnull, coalesce(d.oid, 0), "
         "pg_get_expr(d.adbin, d.adrelid), " +
         survey.since(12, "a.attgenerated", "''") +
         ", a.attidentity, CASE WHEN a.attstorage = t.typstorage THEN '' ELSE a.attstorage END, " +
         survey.since(14, "a.attcompression", "''") +
         ", coalesce(nullif(a.attstattarget, -1)::text, ''), " + options_sql("a.attoptions", "o") +
         ", " + foreign_options_sql("a.attfdwoptions") +
         " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid "
         "= c.relnamespace JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON "
         "d.adrelid "
         "= a.attrelid AND d.adnum = a.attnum WHERE a.attnum > 0 AND NOT a.attisdropped AND" +
         kRelations + kUserSchema + "ORDER BY a.attrelid, a.attnum";
}

const char* storage_of(char letter) {
  switch (letter) {
    case 'p':
      return "PLAIN";
    case 'e':
      return "EXTERNAL";
    case 'm':
      return "MAIN";
    default:
      return "EXTENDED";
  }
}

// What is told of a column behind its type, and the statements that make it.
void read_column_options(const Relation& relation, Draft& draft, const std::string& name,
                         Cells& cells) {
  const bool view = relation.kind == 'm' || relation.kind == 'v';
  const std::string alter = std::string("ALTER ") + (view ? relation.called() : "TABLE ONLY") +
                            " " + relation.name + " ALTER COLUMN " + name + " ";
  if (const char storage = cells.letter(); storage != '\0' && relation.kind != 'v') {
    draft.set("storage", storage_of(storage));
    draft.step(alter + "SET STORAGE " + storage_of(storage));
  }
  if (const char compression = cells.letter(); compression != '\0') {
    draft.set("compression", compression == 'l' ? "lz4" : "pglz");
    draft.step(alter + "SET COMPRESSION " + (compression == 'l' ? "lz4" : "pglz"));
  }
  if (const std::string target = cells.text(); !target.empty()) {
    draft.set("statistics", target);
    draft.step(alter + "SET STATISTICS " + target);
  }
  if (const std::string options = cells.text(); !options.empty()) {
    draft.set("options", options);
    draft.step(alter + "SET (" + options + ")");
  }
}

void tell(Draft& draft, const Column& column) {
  draft.set("type", column.type + column.collation);
  if (column.not_null) draft.set("not null", "yes");
  if (column.generated != '\0') {
    draft.set(column.generated == 's' ? "stored" : "virtual", column.usual);
  } else {
    draft.set("default", column.usual);
  }
  if (column.identity != '\0')
    draft.set("identity", column.identity == 'a' ? "always" : "by default");
  if (column.inherited) draft.set("inherited", column.local ? "and local" : "yes");
}

// A default that is not made with its relation: of a view, or of a column that a parent declares.
void set_default(const Relation& relation, const Column& column) {
  Draft& draft = *column.draft;
  const bool view = relation.kind == 'v';
  draft.by_itself = std::string("ALTER ") + (view ? "VIEW " : "TABLE ONLY ") + relation.name +
                    " ALTER COLUMN " + column.name + " SET DEFAULT " + column.usual;
  draft.later = view;
}

void read_column(Survey& survey, Cells& cells) {
  const ObjectId number = cells.id();
  Relation* relation = survey.relation(number);
  if (relation == nullptr) return;
  const Key key{System::relation, number, static_cast<int>(cells.integer())};
  const std::string name = cells.text();
  Draft& draft = survey.add(key, {"column", name, relation->name});
  draft.made_with = relation->draft;
  Column column{&draft, key.column, name, cells.text(), cells.id(), cells.id(), cells.text(), ""};
  draft.called = "COLUMN " + relation->name + "." + column.name;
  column.local = cells.flag();
  column.inherited = cells.flag();
  column.not_null = cells.flag();
  const Key usual{System::attribute_default, cells.id()};
  column.usual = cells.expression();
  column.generated = cells.letter();
  column.identity = cells.letter();
  // Since 17 a partition has the identity of its table.
  if (relation->partition && survey.since(17)) column.identity = '\0';
  tell(draft, column);
  read_column_options(*relation, draft, column.name, cells);
  column.foreign_options = cells.text();
  draft.set("server options", column.foreign_options);
  if (usual.object != 0) survey.alias(usual, key);
  if (!column.usual.empty() && column.generated == '\0') set_default(*relation, column);
  relation->draft->object.order.push_back(name);
  relation->columns.push_back(std::move(column));
}

// --- inheritance and partitions ----------------------------------------------------------------

bool is_in(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// Are the columns in the order that INHERITS makes: the parents' first? If they are not, the table
// was made alone, and told later to inherit.
bool in_order_of_parents(const Relation& relation) {
  std::vector<std::string> names;
  for (const Relation* parent : relation.parents) {
    for (const Column& column : parent->columns) {
      if (!is_in(names, column.name)) names.push_back(column.name);
    }
  }
  for (const Column& column : relation.columns) {
    if (!is_in(names, column.name)) names.push_back(column.name);
  }
  return std::ranges::equal(names, relation.columns, {}, {}, &Column::name);
}

const Column* parents_column(const Relation& relation, const std::string& name) {
  for (const Relation* parent : relation.parents) {
    const auto found = std::ranges::find(parent->columns, name, &Column::name);
    if (found != parent->columns.end()) return &*found;
  }
  return nullptr;
}

// What columns of parents have otherwise here.
void override_columns(Relation& relation) {
  for (Column& column : relation.columns) {
    const Column* above = column.local ? nullptr : parents_column(relation, column.name);
    if (above == nullptr || column.generated != '\0') continue;
    const std::string alter =
        "ALTER TABLE ONLY " + relation.name + " ALTER COLUMN " + column.name + " ";
    if (!column.usual.empty()) {
      column.draft->later = true;
    } else if (!above->usual.empty() && above->generated == '\0') {
      column.draft->step(alter + "DROP DEFAULT");
    }
    const bool constraint = column.not_null_local || column.not_null_above;
    if (column.not_null && !above->not_null && !constraint) {
      column.draft->step(alter + "SET NOT NULL");
    }
  }
}

void settle_inheritance(Relation& relation) {
  if (relation.parents.empty()) return;
  std::vector<std::string> names;
  for (const Relation* parent : relation.parents) names.push_back(parent->name);
  relation.draft->set(relation.partition ? "partition of" : "inherits", listed(names));
  if (relation.partition) {
    return relation.draft->step("ALTER TABLE ONLY " + names[0] + " ATTACH PARTITION " +
                                relation.name + " " + relation.bound);
  }
  const bool all_local = std::ranges::all_of(relation.columns, &Column::local);
  if (all_local && !in_order_of_parents(relation)) {
    relation.inherits_later = true;
    for (const std::string& name : names) {
      relation.draft->step("ALTER TABLE ONLY " + relation.name + " INHERIT " + name);
    }
    return;
  }
  override_columns(relation);
}

void read_inheritance(Survey& survey) {
  survey.ask("SELECT i.inhrelid, i.inhparent FROM pg_inherits i ORDER BY i.inhrelid, i.inhseqno",
             [&](Cells& cells) {
               Relation* child = survey.relation(cells.id());
               Relation* parent = survey.relation(cells.id());
               if (child == nullptr || parent == nullptr) return;
               child->parents.push_back(parent);
               parent->children.push_back(child);
             });
}

// Since 18 NOT NULL is a constraint, with a name and what else a constraint has. It is an object of
// its own where it has more than the usual.
void read_not_null(Survey& survey, Cells& cells) {
  const Key key{System::constraint, cells.id()};
  Relation* relation = survey.relation(cells.id());
  Column* column =
      relation == nullptr ? nullptr : relation->column(static_cast<int>(cells.integer()));
  if (column == nullptr) return;
  const std::string name = cells.text();
  const bool usual_name = cells.flag();
  const bool valid = cells.flag();
  column->not_null_local = cells.flag();
  column->not_null_above = !column->not_null_local;
  column->not_null_alone = cells.flag();
  if (!usual_name) column->not_null_name = name;
  const bool commented = cells.flag();
  if (usual_name && valid && !column->not_null_alone && !commented) {
    return survey.alias(key, column->draft->key);
  }
  Draft& draft = survey.add(key, {"not null constraint", name, relation->name});
  draft.made_with = relation->draft;
  draft.called = "CONSTRAINT " + name + " ON " + relation->name;
  draft.set("column", column->name);
  if (column->not_null_alone) draft.set("no inherit", "yes");
  if (column->not_null_above) draft.set("inherited", "yes");
  if (valid) return;
  draft.set("valid", "no");
  column->not_null = false;  // not in the statement that makes the table
  if (column->not_null_above) return;
  draft.later = true;
  draft.by_itself = "ALTER TABLE " + relation->name + " ADD CONSTRAINT " + name + " NOT NULL " +
                    column->name +
                    (column->not_null_alone ? " NO INHERIT NOT VALID" : " NOT VALID");
}

constexpr char kNotNull[] =
    "SELECT k.oid, k.conrelid, k.conkey[1], quote_ident(k.conname), k.conname = "
    "c.relname || '_' || a.attname || '_not_null', k.convalidated, k.conislocal, k.connoinherit, "
    "obj_description(k.oid, 'pg_constraint') IS NOT NULL FROM pg_constraint k JOIN pg_class c ON "
    "c.oid = k.conrelid JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'n' AND";

}  // namespace

void read_relations(Survey& survey) {
  survey.ask(relations_sql(survey), [&](Cells& cells) { read_relation(survey, cells); });
  survey.ask(columns_sql(survey), [&](Cells& cells) { read_column(survey, cells); });
  if (survey.since(18)) {
    survey.ask(std::string(kNotNull) + kUserSchema,
               [&](Cells& cells) { read_not_null(survey, cells); });
  }
  read_inheritance(survey);
  for (auto& [number, relation] : survey.relations()) {
    settle_inheritance(relation);
    if (relation.kind == 'v') relation.draft->stand_in = relation.stand_in();
  }
}

}  // namespace gander::driver::postgres
