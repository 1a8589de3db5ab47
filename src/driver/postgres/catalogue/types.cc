// SPDX-License-Identifier: MIT
// Types: enums, composites, ranges, base types, domains. Row types of tables and arrays go with
// what they are of.
#include <map>

#include "src/driver/postgres/catalogue/kinds.h"
#include "src/driver/postgres/catalogue/texts.h"
#include "src/driver/postgres/dialect.h"

namespace gander::driver::postgres {
namespace {

constexpr char kColumns[] = "SELECT t.oid, format('%I.%I', n.nspname, t.typname), t.typarray";

// The types of that sort that are a user's, as `t` in `n`.
std::string from_types(const std::string& joins, const std::string& where) {
  return " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace " + joins + " WHERE " +
         where + " AND NOT EXISTS (SELECT FROM pg_type el WHERE el.typarray = t.oid) AND" +
         kUserSchema;
}

// Reads kColumns. nullptr: it is an extension's.
Draft* add_type(Survey& survey, Cells& cells, const std::string& form) {
  const Key key{System::type, cells.id()};
  const std::string name = cells.text();
  const Key array{System::type, cells.id()};
  Draft* draft = nullptr;
  if (!survey.is_member(key)) {
    const bool domain = form == "domain";
    draft = &survey.add(key, {domain ? "domain" : "type", name, ""});
    draft->called = (domain ? "DOMAIN " : "TYPE ") + name;
    if (!domain) draft->set("form", form);
  }
  if (array.object != 0) survey.alias(array, key);
  return draft;
}

void read_enums(Survey& survey) {
  std::map<ObjectId, std::vector<std::string>> values;
  survey.ask("SELECT e.enumtypid, e.enumlabel FROM pg_enum e ORDER BY e.enumtypid, e.enumsortorder",
             [&](Cells& cells) {
               const ObjectId type = cells.id();
               values[type].push_back(cells.text());
             });
  survey.ask(kColumns + std::string(", t.oid") + from_types("", "t.typtype = 'e'"),
             [&](Cells& cells) {
               Draft* draft = add_type(survey, cells, "enum");
               if (draft == nullptr) return;
               const std::string name = draft->object.id.name;
               draft->object.order = values[cells.id()];
               std::vector<std::string> labels;
               for (const std::string& label : draft->object.order) {
                 labels.push_back(dialect().literal(label));
                 Draft& value = survey.add({"value", label, name});
                 value.object.lasting = true;
                 value.made_with = draft;
               }
               draft->step("CREATE TYPE " + name + " AS ENUM (" + listed(labels) + ")");
             });
}

void read_composites(Survey& survey) {
  std::map<ObjectId, Draft*> types;  // by the relation that has their attributes
  std::map<ObjectId, std::vector<std::string>> attributes;
  survey.ask(kColumns + std::string(", t.oid, t.typrelid") +
                 from_types("JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'",
                            "t.typtype = 'c'"),
             [&](Cells& cells) {
               Draft* draft = add_type(survey, cells, "composite");
               const Key key{System::type, cells.id()};
               const ObjectId relation = cells.id();
               survey.alias({System::relation, relation}, key);
               if (draft != nullptr) types.emplace(relation, draft);
             });
  if (types.empty()) return;
  survey.ask(
      "SELECT a.attrelid, a.attnum, quote_ident(a.attname), "
      "format_type(a.atttypid, a.atttypmod) || " +
          collate_sql("a.attcollation", "t.typcollation") +
          " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid "
          "= c.relnamespace JOIN pg_type t ON t.oid = a.atttypid WHERE c.relkind = 'c' AND "
          "a.attnum "
          "> 0 AND NOT a.attisdropped AND" +
          kUserSchema + "ORDER BY a.attrelid, a.attnum",
      [&](Cells& cells) {
        const ObjectId relation = cells.id();
        const auto found = types.find(relation);
        if (found == types.end()) return;
        Draft& type = *found->second;
        const Key key{System::relation, relation, static_cast<int>(cells.integer())};
        const std::string name = cells.text();
        Draft& attribute = survey.add(key, {"attribute", name, type.object.id.name});
        attribute.made_with = &type;
        attribute.called = "COLUMN " + type.object.id.name + "." + name;
        attribute.set("type", cells.text());
        type.object.order.push_back(name);
        attributes[relation].push_back(name + " " + attribute.object.properties.at(0).value);
      });
  for (const auto& [relation, type] : types) {
    type->step("CREATE TYPE " + type->object.id.name + " AS (" + in_lines(attributes[relation]) +
               ")");
  }
}

void read_ranges(Survey& survey) {
  const bool multi = survey.since(14);
  survey.ask(
      kColumns + std::string(", t.oid, r.rngcanonical <> 0, ") +
          (multi ? "r.rngmultitypid, m.typarray, " : "0, 0, ") +
          "'SUBTYPE = ' || format_type(r.rngsubtype, NULL) || CASE WHEN oc.opcdefault THEN '' ELSE "
          "format(', SUBTYPE_OPCLASS = %I.%I', ocn.nspname, oc.opcname) END || CASE WHEN "
          "r.rngcollation IN (0, st.typcollation) THEN '' ELSE (SELECT format(', COLLATION = "
          "%I.%I', cn.nspname, co.collname) FROM pg_collation co JOIN pg_namespace cn ON cn.oid = "
          "co.collnamespace WHERE co.oid = r.rngcollation) END || " +
          function_option("CANONICAL", "r.rngcanonical") + " || " +
          function_option("SUBTYPE_DIFF", "r.rngsubdiff") +
          (multi ? " || format(', MULTIRANGE_TYPE_NAME = %I.%I', mn.nspname, m.typname)" : "") +
          from_types("JOIN pg_range r ON r.rngtypid = t.oid JOIN pg_type st ON st.oid = "
                     "r.rngsubtype JOIN pg_opclass oc ON oc.oid = r.rngsubopc JOIN pg_namespace "
                     "ocn ON ocn.oid = oc.opcnamespace" +
                         std::string(multi ? " JOIN pg_type m ON m.oid = r.rngmultitypid JOIN "
                                             "pg_namespace mn ON mn.oid = m.typnamespace"
                                           : ""),
                     "t.typtype = 'r'"),
      [&](Cells& cells) {
        Draft* draft = add_type(survey, cells, "range");
        const Key key{System::type, cells.id()};
        const bool canonical = cells.flag();
        for (int i = 0; i < 2; ++i) {
          if (const ObjectId multirange = cells.id(); multirange != 0) {
            survey.alias({System::type, multirange}, key);
          }
        }
        if (draft == nullptr) return;
        const std::string options = cells.text();
        draft->set("definition", options);
        if (canonical) draft->stand_in = "CREATE TYPE " + draft->object.id.name;
        draft->stands_in = canonical;
        draft->step("CREATE TYPE " + draft->object.id.name + " AS RANGE (" + options + ")");
      });
}

// pg_type.typalign and typstorage by the words of CREATE TYPE.
constexpr char kAlignment[] =
    "CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' "
    "END";
constexpr char kStorage[] =
    "CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE "
    "'extended' END";

void read_base_types(Survey& survey) {
  const std::string options =
      "'INPUT = ' || t.typinput::regproc || ', OUTPUT = ' || t.typoutput::regproc || " +
      function_option("RECEIVE", "t.typreceive") + " || " + function_option("SEND", "t.typsend") +
      " || " + function_option("TYPMOD_IN", "t.typmodin") + " || " +
      function_option("TYPMOD_OUT", "t.typmodout") + " || " +
      function_option("ANALYZE", "t.typanalyze") +
      (survey.since(14) ? " || " + function_option("SUBSCRIPT", "t.typsubscript") : "") +
      " || ', INTERNALLENGTH = ' || CASE WHEN t.typlen < 0 THEN 'VARIABLE' ELSE t.typlen::text END "
      "|| CASE WHEN t.typbyval THEN ', PASSEDBYVALUE' ELSE '' END || ', ALIGNMENT = ' || " +
      kAlignment + " || ', STORAGE = ' || " + kStorage +
      " || CASE WHEN t.typcategory = 'U' THEN '' ELSE ', CATEGORY = ' || "
      "quote_literal(t.typcategory::text) END || CASE WHEN t.typispreferred THEN ', PREFERRED = "
      "true' "
      "ELSE '' END || coalesce(', DEFAULT = ' || quote_literal(t.typdefault), '') || CASE WHEN "
      "t.typelem = 0 THEN '' ELSE ', ELEMENT = ' || format_type(t.typelem, NULL) END || CASE WHEN "
      "t.typdelim = ',' THEN '' ELSE ', DELIMITER = ' || quote_literal(t.typdelim::text) END || "
      "CASE "
      "WHEN t.typcollation = 0 THEN '' ELSE ', COLLATABLE = true' END";
  survey.ask(kColumns + std::string(", t.typisdefined, ") + options +
                 from_types("", "t.typtype IN ('b', 'p')"),
             [&](Cells& cells) {
               Draft* draft = add_type(survey, cells, "base");
               if (draft == nullptr) return;
               const std::string shell = "CREATE TYPE " + draft->object.id.name;
               if (!cells.flag()) {
                 draft->object.properties.at(0).value = "shell";
                 return draft->step(shell);
               }
               // Its functions take and give the type, so it must be there before them.
               const std::string definition = cells.text();
               draft->stand_in = shell;
               draft->stands_in = true;
               draft->set("definition", definition);
               draft->step(shell + " (" + definition + ")");
             });
}

void read_domains(Survey& survey) {
  // NOT NULL has a name since 17.
  const std::string name = survey.since(17)
                               ? "(SELECT k.conname FROM pg_constraint k WHERE k.contypid = t.oid "
                                 "AND k.contype = 'n')"
                               : "NULL::name";
  survey.ask(
      kColumns + std::string(", format_type(t.typbasetype, t.typtypmod) || ") +
          collate_sql("t.typcollation", "b.typcollation") +
          ", coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)), t.typnotnull, "
          "CASE WHEN " +
          name + " <> t.typname || '_not_null' THEN quote_ident(" + name + ") END" +
          from_types("JOIN pg_type b ON b.oid = t.typbasetype", "t.typtype = 'd'"),
      [&](Cells& cells) {
        Draft* draft = add_type(survey, cells, "domain");
        if (draft == nullptr) return;
        const std::string type = cells.text();
        const std::string usual = cells.expression();
        const bool not_null = cells.flag();
        const std::string not_null_name = cells.text();
        draft->set("type", type);
        draft->set("default", usual);
        if (not_null) draft->set("not null", "yes");
        draft->set("not null constraint", not_null_name);
        std::string sql = "CREATE DOMAIN " + draft->object.id.name + " AS " + type;
        if (!usual.empty()) sql += " DEFAULT " + usual;
        if (!not_null_name.empty()) sql += " CONSTRAINT " + not_null_name;
        if (not_null) sql += " NOT NULL";
        draft->object.steps.push_back({std::move(sql), {}});
      });
}

void read_domain_checks(Survey& survey) {
  survey.ask(
      "SELECT k.oid, k.contypid, quote_ident(k.conname), pg_get_constraintdef(k.oid), "
      "k.convalidated FROM pg_constraint k WHERE k.contypid <> 0 AND k.contype = 'c' AND k.oid >= "
      "16384 ORDER BY k.contypid, k.conname",
      [&](Cells& cells) {
        const Key key{System::constraint, cells.id()};
        const Key type{System::type, cells.id()};
        Draft* domain = survey.find(type);
        if (domain == nullptr || domain->object.id.kind != "domain") {
          return survey.alias(key, type);
        }
        const std::string name = cells.text();
        const std::string definition = cells.expression();
        Draft& check = survey.add(key, {"check constraint", name, domain->object.id.name});
        check.called = "CONSTRAINT " + name + " ON DOMAIN " + domain->object.id.name;
        check.set("definition", definition);
        check.by_itself =
            "ALTER DOMAIN " + domain->object.id.name + " ADD CONSTRAINT " + name + " " + definition;
        check.made_with = domain;
        check.later = !cells.flag();  // NOT VALID is not for CREATE DOMAIN
        const std::string clause = "\n  CONSTRAINT " + name + " " + definition;
        const std::string before =
            domain->compose != nullptr ? std::string() : domain->object.steps.at(0).sql;
        domain->compose = [earlier = domain->compose, before, clause, &check] {
          return (earlier != nullptr ? earlier() : before) + (check.later ? "" : clause);
        };
      });
}

}  // namespace

void read_types(Survey& survey) {
  read_enums(survey);
  read_composites(survey);
  read_ranges(survey);
  read_base_types(survey);
  read_domains(survey);
  read_domain_checks(survey);
}

}  // namespace gander::driver::postgres
