// SPDX-License-Identifier: MIT
// Text search: parsers, templates, dictionaries, configurations.
#include <map>

#include "src/driver/postgres/catalogue/kinds.h"
#include "src/driver/postgres/catalogue/texts.h"

namespace gander::driver::postgres {
namespace {

// Of an object of that catalogue: SELECT up to the definition's columns, and FROM.
void read_simple(Survey& survey, const Plain& plain, const std::string& catalogue,
                 const std::string& prefix, const std::string& options) {
  std::string called = plain.kind;
  for (char& c : called) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  read_plain(survey, plain,
             "SELECT o.oid, x.name, '" + called + " ' || x.name, 'CREATE " + called +
                 " ' || x.name || ' (' || x.options || ')', x.options FROM " + catalogue +
                 " o JOIN pg_namespace n ON n.oid = o." + prefix +
                 "namespace, LATERAL (SELECT format('%I.%I', n.nspname, o." + prefix +
                 "name) AS name, " + options + " AS options) x WHERE" + kUserSchema);
}

void read_mappings(Survey& survey) {
  survey.ask(
      "SELECT m.mapcfg, t.alias, string_agg(format('%I.%I', n.nspname, d.dictname), ', ' ORDER BY "
      "m.mapseqno) FROM pg_ts_config_map m JOIN pg_ts_config c ON c.oid = m.mapcfg JOIN pg_ts_dict "
      "d "
      "ON d.oid = m.mapdict JOIN pg_namespace n ON n.oid = d.dictnamespace, LATERAL (SELECT "
      "quote_ident(y.alias) AS alias FROM ts_token_type(c.cfgparser) y WHERE y.tokid = "
      "m.maptokentype) t WHERE c.oid >= 16384 GROUP BY 1, m.maptokentype, 2 ORDER BY 1, 2",
      [&](Cells& cells) {
        const Key key{System::ts_configuration, cells.id()};
        Draft* draft = survey.find(key);
        if (draft == nullptr || !(draft->key == key)) return;
        const std::string token = cells.text();
        const std::string dictionaries = cells.text();
        draft->set("mapping for " + token, dictionaries);
        draft->step("ALTER " + draft->called + " ADD MAPPING FOR " + token + " WITH " +
                    dictionaries);
      });
}

}  // namespace

void read_text_search(Survey& survey) {
  read_simple(
      survey, {System::ts_parser, "text search parser", 1, {"definition"}}, "pg_ts_parser", "prs",
      "'START = ' || o.prsstart || ', GETTOKEN = ' || o.prstoken || ', END = ' || o.prsend || " +
          function_option("HEADLINE", "o.prsheadline::oid") +
          " || ', LEXTYPES = ' || o.prslextype");
  read_simple(survey, {System::ts_template, "text search template", 1, {"definition"}},
              "pg_ts_template", "tmpl",
              "concat_ws(', ', CASE WHEN o.tmplinit <> 0 THEN 'INIT = ' || o.tmplinit END, 'LEXIZE "
              "= ' || o.tmpllexize)");
  read_simple(
      survey, {System::ts_dictionary, "text search dictionary", 1, {"definition"}}, "pg_ts_dict",
      "dict",
      "(SELECT format('TEMPLATE = %I.%I', tn.nspname, t.tmplname) FROM pg_ts_template t JOIN "
      "pg_namespace tn ON tn.oid = t.tmplnamespace WHERE t.oid = o.dicttemplate) || "
      "coalesce(', ' || o.dictinitoption, '')");
  read_simple(survey, {System::ts_configuration, "text search configuration", 1, {"definition"}},
              "pg_ts_config", "cfg",
              "(SELECT format('PARSER = %I.%I', pn.nspname, p.prsname) FROM pg_ts_parser p JOIN "
              "pg_namespace pn ON pn.oid = p.prsnamespace WHERE p.oid = o.cfgparser)");
  read_mappings(survey);
}

}  // namespace gander::driver::postgres
