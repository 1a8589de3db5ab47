// SPDX-License-Identifier: MIT
// Comments and security labels, which nearly everything may have.
#include "src/driver/postgres/catalogue/kinds.h"
#include "src/driver/postgres/dialect.h"

namespace gander::driver::postgres {
namespace {

void comment(Survey& survey, const Key& key, const std::string& text) {
  Draft* draft = survey.find(key);
  if (draft == nullptr) return;
  const bool own = draft->key == key;
  const std::string& called = own ? draft->called : draft->index_called;
  if (called.empty() || (!own && key.system != System::relation)) return;
  draft->set(own ? "comment" : "comment of index", text);
  draft->step("COMMENT ON " + called + " IS " + dialect().literal(text));
}

}  // namespace

void read_comments(Survey& survey) {
  survey.ask(
      "SELECT classoid, objoid, objsubid, description FROM pg_description WHERE objoid >= "
      "16384 ORDER BY 1, 2, 3",
      [&](Cells& cells) {
        const auto system = static_cast<System>(cells.id());
        const ObjectId object = cells.id();
        const Key key{system, object, static_cast<int>(cells.integer())};
        comment(survey, key, cells.text());
      });
  // Those of subscriptions are shared by the cluster's databases.
  survey.ask(
      "SELECT classoid, objoid, description FROM pg_shdescription WHERE classoid = "
      "'pg_subscription'::regclass",
      [&](Cells& cells) {
        const Key key{static_cast<System>(cells.id()), cells.id()};
        comment(survey, key, cells.text());
      });
  survey.ask(
      "SELECT classoid, objoid, objsubid, quote_ident(provider), label FROM pg_seclabel WHERE "
      "objoid >= 16384 ORDER BY 1, 2, 3, 4",
      [&](Cells& cells) {
        const auto system = static_cast<System>(cells.id());
        const ObjectId object = cells.id();
        const Key key{system, object, static_cast<int>(cells.integer())};
        Draft* draft = survey.find(key);
        if (draft == nullptr || !(draft->key == key) || draft->called.empty()) return;
        const std::string provider = cells.text();
        const std::string label = cells.text();
        draft->set("security label of " + provider, label);
        draft->step("SECURITY LABEL FOR " + provider + " ON " + draft->called + " IS " +
                    dialect().literal(label));
      });
}

}  // namespace gander::driver::postgres
