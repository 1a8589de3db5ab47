// SPDX-License-Identifier: MIT
// Functions, procedures and aggregates.
#include "src/driver/postgres/catalogue/kinds.h"
#include "src/driver/postgres/catalogue/texts.h"

namespace gander::driver::postgres {
namespace {

// With the types of its arguments, which are what tells it from others of its name.
constexpr char kName[] = "format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes))";

std::string from_procedures(const Survey& survey, bool aggregates) {
  // Definitions of extensions' functions are not worth the time, and those that make values of a
  // range type come with it.
  const std::string is_aggregate = survey.since(11, "p.prokind = 'a'", "p.proisagg");
  return " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON "
         "l.oid "
         "= p.prolang" +
         std::string(aggregates ? " JOIN pg_aggregate a ON a.aggfnoid = p.oid" : "") + " WHERE " +
         (aggregates ? "" : "NOT ") + is_aggregate +
         " AND (NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND "
         "e.objid = p.oid AND e.deptype IN ('e', 'i')) OR p.oid IN (" +
         survey.adopted(System::procedure) + ")) AND" + kUserSchema;
}

std::string functions_sql(const Survey& survey) {
  return std::string("SELECT p.oid, ") + kName + ", " +
         survey.since(11,
                      "CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'w' THEN 'window function' "
                      "ELSE 'function' END",
                      "CASE WHEN p.proiswindow THEN 'window function' ELSE 'function' END") +
         ", rtrim(pg_get_functiondef(p.oid), E'\\n'), " +
         survey.since(14, "pg_get_function_sqlbody(p.oid)", "NULL") +
         ", pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), l.lanname, CASE "
         "p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' END, CASE WHEN "
         "p.proisstrict THEN 'yes' END, CASE WHEN p.prosecdef THEN 'definer' END, CASE WHEN "
         "p.proleakproof THEN 'yes' END, CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN "
         "'restricted' END, p.procost::text, CASE WHEN p.prorows <> 0 THEN p.prorows::text END, " +
         survey.since(12, "CASE WHEN p.prosupport <> 0 THEN p.prosupport::regproc::text END",
                      "NULL") +
         ", array_to_string(p.proconfig, '; '), (SELECT string_agg(t::regtype::text, ', ') FROM "
         "unnest(p.protrftypes) t), p.probin, p.prosrc" +
         from_procedures(survey, false);
}

void read_function(Survey& survey, Cells& cells) {
  const Key key{System::procedure, cells.id()};
  if (survey.is_member(key)) return;
  const std::string name = cells.text();
  const std::string form = cells.text();
  const bool procedure = form == "procedure";
  Draft& draft = survey.add(key, {procedure ? "procedure" : "function", name, ""});
  draft.called = (procedure ? "PROCEDURE " : "FUNCTION ") + name;
  const std::string definition = cells.text();
  draft.step(definition);
  const std::string body = cells.text();
  // A body that is parsed when it is made may need what needs the function.
  if (!body.empty() && definition.ends_with(body)) {
    const bool sql = definition.size() > body.size();
    draft.stand_in = definition.substr(0, definition.size() - body.size()) + "AS 'SELECT'";
    if (!sql) draft.stand_in.clear();
  }
  if (form == "window function") draft.set("form", "window");
  for (const char* property :
       {"arguments", "returns", "language", "volatility", "strict", "security", "leakproof",
        "parallel", "cost", "rows", "support", "settings", "transforms", "library"}) {
    draft.set(property, cells.text());
  }
  draft.set("body", body.empty() ? cells.text() : body);
}

// An aggregate's own options, each as it stands in CREATE AGGREGATE.
std::string aggregate_options(const Survey& survey) {
  const auto modify = [](const char* name, const char* column, const char* finished) {
    // The usual one depends on the kind of aggregate (CREATE AGGREGATE, FINALFUNC_MODIFY).
    return std::string(" || CASE WHEN ") + finished + " = 0 OR " + column +
           " = CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN '' ELSE ', " + name +
           " = ' || CASE " + column +
           " WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END";
  };
  std::string sql =
      "'SFUNC = ' || a.aggtransfn::regproc || ', STYPE = ' || "
      "format_type(a.aggtranstype, NULL) || CASE WHEN a.aggtransspace = 0 THEN '' "
      "ELSE ', SSPACE = ' || a.aggtransspace END";
  for (const auto& [name, column] : {std::pair{"FINALFUNC", "a.aggfinalfn"},
                                     {"COMBINEFUNC", "a.aggcombinefn"},
                                     {"SERIALFUNC", "a.aggserialfn"},
                                     {"DESERIALFUNC", "a.aggdeserialfn"}}) {
    sql += " || " + function_option(name, std::string(column) + "::oid");
  }
  sql +=
      " || CASE WHEN a.aggfinalextra THEN ', FINALFUNC_EXTRA' ELSE '' END || coalesce(', "
      "INITCOND = ' || quote_literal(a.agginitval), '')";
  if (survey.since(11)) sql += modify("FINALFUNC_MODIFY", "a.aggfinalmodify", "a.aggfinalfn::oid");
  for (const auto& [name, column] : {std::pair{"MSFUNC", "a.aggmtransfn"},
                                     {"MINVFUNC", "a.aggminvtransfn"},
                                     {"MFINALFUNC", "a.aggmfinalfn"}}) {
    sql += " || " + function_option(name, std::string(column) + "::oid");
  }
  sql +=
      " || CASE WHEN a.aggmtranstype = 0 THEN '' ELSE ', MSTYPE = ' || "
      "format_type(a.aggmtranstype, NULL) END || CASE WHEN a.aggmtransspace = 0 THEN '' ELSE ', "
      "MSSPACE = ' || a.aggmtransspace END || CASE WHEN a.aggmfinalextra THEN ', "
      "MFINALFUNC_EXTRA' ELSE '' END || coalesce(', MINITCOND = ' || "
      "quote_literal(a.aggminitval), '')";
  if (survey.since(11)) {
    sql += modify("MFINALFUNC_MODIFY", "a.aggmfinalmodify", "a.aggmfinalfn::oid");
  }
  return sql +
         " || CASE WHEN a.aggsortop = 0 THEN '' ELSE (SELECT format(', SORTOP = OPERATOR(%I.%s)', "
         "onsp.nspname, o.oprname) FROM pg_operator o JOIN pg_namespace onsp ON onsp.oid = "
         "o.oprnamespace WHERE o.oid = a.aggsortop) END || CASE WHEN a.aggkind = 'h' THEN ', "
         "HYPOTHETICAL' ELSE '' END || CASE p.proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN "
         "'r' THEN ', PARALLEL = RESTRICTED' ELSE '' END";
}

}  // namespace

void read_routines(Survey& survey) {
  survey.ask(
      "SELECT objid, refobjid FROM pg_depend WHERE classid = 'pg_proc'::regclass AND "
      "refclassid = 'pg_type'::regclass AND deptype = 'i'",
      [&](Cells& cells) {
        const Key constructor{System::procedure, cells.id()};
        survey.alias(constructor, {System::type, cells.id()});
      });
  survey.ask(functions_sql(survey), [&](Cells& cells) { read_function(survey, cells); });
  const std::string arguments = "coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*')";
  const std::string identity =
      "coalesce(nullif(pg_get_function_identity_arguments(p.oid), ''), '*')";
  const std::string called = "format('%I.%I(%s)', n.nspname, p.proname, ";
  read_plain(survey, {System::procedure, "aggregate", 1, {"arguments", "definition"}},
             std::string("SELECT p.oid, ") + kName + ", 'AGGREGATE ' || " + called + identity +
                 "), 'CREATE AGGREGATE ' || " + called + arguments + ") || ' (' || (" +
                 aggregate_options(survey) + ") || ')', " + arguments + ", " +
                 aggregate_options(survey) + from_procedures(survey, true));
}

}  // namespace gander::driver::postgres
