// SPDX-License-Identifier: MIT
// Foreign-data wrappers, servers and user mappings. What may be a secret is neither compared nor
// written down: of servers the options that are called so, of user mappings all but names.
#include "src/driver/postgres/catalogue/kinds.h"

namespace gander::driver::postgres {
namespace {

constexpr char kSecret[] =
    "(option_name ~* 'pass|pwd|secret|token|credential|api_?key|access_?key|private|signature' OR "
    "option_value ~* 'pass(word|wd)? *=|://[^/@]*:[^/@]*@')";
constexpr char kName[] = "option_name ~* 'user|login|account|role|name'";

// Three columns: the options that are shown, all of them with nothing in place of a secret, and the
// names of the secrets.
std::string options_sql(const std::string& column, const std::string& shown) {
  const std::string option = "quote_ident(option_name) || ' ' || ";
  const std::string sorted = ", ', ' ORDER BY option_name)";
  return "(SELECT string_agg(" + option + "quote_literal(option_value)" + sorted +
         " FILTER (WHERE " + shown + ") FROM pg_options_to_table(" + column +
         ")), (SELECT string_agg(" + option + "CASE WHEN " + shown +
         " THEN quote_literal(option_value) ELSE '''''' END" + sorted +
         " FROM pg_options_to_table(" + column + ")), (SELECT string_agg(option_name" + sorted +
         " FILTER (WHERE NOT (" + shown + ")) FROM pg_options_to_table(" + column + "))";
}

void add_options(Survey& survey, Draft& draft, std::string sql, Cells& cells) {
  draft.set("options", cells.text());
  const std::string options = cells.text();
  const std::string hidden = cells.text();
  draft.set("hidden options", hidden);
  draft.step(std::move(sql) + (options.empty() ? "" : " OPTIONS (" + options + ")"));
  if (hidden.empty()) return;
  survey.remark(draft.object.id, "what its options " + hidden +
                                     " hold may be a secret: it is not compared, and a dump leaves "
                                     "it empty");
}

std::string not_secret() { return std::string("NOT ") + kSecret; }

void read_wrappers(Survey& survey) {
  survey.ask(
      "SELECT f.oid, quote_ident(f.fdwname), CASE WHEN f.fdwhandler <> 0 THEN "
      "f.fdwhandler::regproc::text END, CASE WHEN f.fdwvalidator <> 0 THEN "
      "f.fdwvalidator::regproc::text END, " +
          options_sql("f.fdwoptions", not_secret()) +
          " FROM pg_foreign_data_wrapper f WHERE f.oid >= 16384",
      [&](Cells& cells) {
        const Key key{System::foreign_data_wrapper, cells.id()};
        const std::string name = cells.text();
        if (survey.is_member(key)) return;
        Draft& draft = survey.add(key, {"foreign-data wrapper", name, ""});
        draft.called = "FOREIGN DATA WRAPPER " + name;
        const std::string handler = cells.text();
        const std::string validator = cells.text();
        draft.set("handler", handler);
        draft.set("validator", validator);
        add_options(survey, draft,
                    "CREATE " + draft.called + (handler.empty() ? "" : " HANDLER " + handler) +
                        (validator.empty() ? "" : " VALIDATOR " + validator),
                    cells);
      });
}

void read_servers(Survey& survey) {
  survey.ask(
      "SELECT s.oid, quote_ident(s.srvname), quote_literal(s.srvtype), "
      "quote_literal(s.srvversion), quote_ident(f.fdwname), " +
          options_sql("s.srvoptions", not_secret()) +
          " FROM pg_foreign_server s JOIN pg_foreign_data_wrapper f ON f.oid = s.srvfdw",
      [&](Cells& cells) {
        const Key key{System::foreign_server, cells.id()};
        const std::string name = cells.text();
        if (survey.is_member(key)) return;
        Draft& draft = survey.add(key, {"server", name, ""});
        draft.called = "SERVER " + name;
        const std::string type = cells.text();
        const std::string version = cells.text();
        const std::string wrapper = cells.text();
        draft.set("type", type);
        draft.set("version", version);
        draft.set("wrapper", wrapper);
        add_options(survey, draft,
                    "CREATE SERVER " + name + (type.empty() ? "" : " TYPE " + type) +
                        (version.empty() ? "" : " VERSION " + version) + " FOREIGN DATA WRAPPER " +
                        wrapper,
                    cells);
      });
}

// The view shows the options to those only who may see them.
void read_user_mappings(Survey& survey) {
  survey.ask(
      "SELECT u.umid, quote_ident(u.srvname), CASE WHEN u.umuser = 0 THEN 'PUBLIC' ELSE "
      "quote_ident(u.usename) END, " +
          options_sql("u.umoptions", std::string(kName) + " AND NOT " + kSecret) +
          " FROM pg_user_mappings u",
      [&](Cells& cells) {
        const Key key{System::user_mapping, cells.id()};
        const std::string server = cells.text();
        const std::string user = cells.text();
        if (survey.is_member(key)) return;
        Draft& draft = survey.add(key, {"user mapping", user, server});
        draft.object.reader_dependent = true;
        draft.needs.push_back({"server", server, ""});
        add_options(survey, draft, "CREATE USER MAPPING FOR " + user + " SERVER " + server, cells);
      });
}

}  // namespace

void read_foreign_data(Survey& survey) {
  read_wrappers(survey);
  read_servers(survey);
  read_user_mappings(survey);
}

}  // namespace gander::driver::postgres
