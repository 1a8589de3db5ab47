// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/catalogue.h"

#include <sqlite3.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "src/driver/driver.h"
#include "src/driver/sqlite/reading.h"
#include "src/driver/sqlite/rows.h"

namespace gander::driver::sqlite {
namespace {

using schema::Object;
using schema::Snapshot;

// pragma_table_list came with 3.37.
constexpr int kTableList = 3037000;

// Made by SQLite itself. Nobody else may make a table that is called so.
bool is_internal(std::string_view name) { return folded(name).starts_with("sqlite_"); }

std::set<std::string> own_tables(const std::vector<TableName>& without) {
  std::set<std::string> names;
  for (const TableName& name : without) {
    if (name.schema.empty() || folded(name.schema) == "main") names.insert(folded(name.table));
  }
  return names;
}

Object pragma(const std::string& name, std::int64_t value) {
  Object object{.id = {"pragma", name, ""}, .properties = {{"value", std::to_string(value)}}};
  if (value != 0) object.steps = {{"PRAGMA " + name + " = " + std::to_string(value), {}}};
  return object;
}

// SQLite looks up none of the names in a view, and few in a virtual table, before they are used; so
// this is for the reader, and for modules that do look.
void note_needs(std::vector<Definition>* definitions) {
  const bool any = std::ranges::any_of(*definitions,
                                       [](const Definition& one) { return !one.mentions.empty(); });
  if (!any) return;
  std::map<std::string, schema::Id> objects;  // that a view can read
  for (const Definition& definition : *definitions) {
    const schema::Id& id = definition.objects[0].id;
    if (id.parent.empty()) objects.emplace(folded(id.name), id);
  }
  for (Definition& definition : *definitions) {
    for (const std::string& name : definition.mentions) {
      const auto found = objects.find(name);
      if (found != objects.end()) definition.objects[0].steps[0].needs.push_back(found->second);
    }
  }
}

std::vector<Definition> definitions_of(const std::vector<SchemaRow>& rows) {
  std::vector<Definition> definitions;
  definitions.reserve(rows.size());
  const bool any_doubtful = std::ranges::any_of(rows, has_doubtful_names);
  std::map<std::string, std::set<std::string>> columns;  // of the tables, if any is
  for (const SchemaRow& row : rows) {
    std::set<std::string> names;
    const bool doubtful = any_doubtful && has_doubtful_names(row);
    if (doubtful && row.type == "index") names = columns[folded(row.table)];
    if (doubtful && (row.type == "view" || row.type == "trigger")) {
      for (const sql::Token& token : tokens_of(row.sql)) {
        const auto table = columns.find(folded(sql::unquoted(token)));
        if (table == columns.end()) continue;
        names.insert(table->second.begin(), table->second.end());
        names.insert(table->first);
      }
    }
    Definition definition = definition_of(row, names);
    if (any_doubtful && row.type == "table") {
      columns[folded(row.name)] = {definition.columns.begin(), definition.columns.end()};
    }
    definitions.push_back(std::move(definition));
  }
  return definitions;
}

void fill(const Contents& contents, std::vector<Definition> definitions, Snapshot* snapshot) {
  snapshot->names_ignore_case = true;
  if (contents.encoding != "UTF-8") {
    snapshot->settings.push_back("PRAGMA encoding = '" + contents.encoding + "'");
  }
  note_needs(&definitions);
  std::size_t count = 2;
  for (const Definition& definition : definitions) count += definition.objects.size();
  snapshot->objects.reserve(count);
  for (Definition& definition : definitions) {
    std::ranges::move(definition.objects, std::back_inserter(snapshot->objects));
  }
  snapshot->objects.push_back(pragma("application_id", contents.application_id));
  snapshot->objects.push_back(pragma("user_version", contents.user_version));
  schema::sort(snapshot);
}

class ContentsReading final : public SchemaReading {
 public:
  explicit ContentsReading(Contents contents) : contents_(std::move(contents)) {}

  bool same_as(const SchemaReading& other) const override {
    return contents_ == static_cast<const ContentsReading&>(other).contents_;
  }
  Snapshot snapshot() const override {
    Snapshot snapshot;
    fill(contents_, definitions_of(contents_.rows), &snapshot);
    return snapshot;
  }

 private:
  const Contents contents_;
};

}  // namespace

std::set<std::string> Catalogue::names(const std::string& sql) {
  std::set<std::string> found;
  connection_.visit(sql, [&](const Row& row) { found.insert(folded(row.text(0))); });
  return found;
}

Contents Catalogue::contents(const SnapshotRequest& request) {
  const Reading reading(connection_, handle_);
  Contents contents;
  connection_.visit(
      "SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL ORDER BY "
      "type "
      "<> 'table', name",
      [&](const Row& row) {
        contents.rows.push_back({std::string(row.text(0)), std::string(row.text(1)),
                                 std::string(row.text(2)), std::string(row.text(3))});
      });
  const bool any_virtual = std::ranges::any_of(contents.rows, [](const SchemaRow& row) {
    return row.type == "table" && folded(row.sql.substr(0, 14)) == "create virtual";
  });
  std::set<std::string> left_out = own_tables(request.without);
  if (any_virtual && sqlite3_libversion_number() >= kTableList) {
    left_out.merge(
        names("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'"));
  }
  std::erase_if(contents.rows, [&](const SchemaRow& row) {
    return is_internal(row.name) || left_out.contains(folded(row.table));
  });
  connection_.visit(
      "SELECT v.user_version, a.application_id, e.encoding FROM pragma_user_version AS v, "
      "pragma_application_id AS a, pragma_encoding AS e",
      [&](const Row& row) {
        contents.user_version = row.integer(0);
        contents.application_id = row.integer(1);
        contents.encoding = row.text(2);
      });
  return contents;
}

Snapshot Catalogue::snapshot(const SnapshotRequest& request) {
  const Contents all = contents(request);
  std::vector<Definition> definitions = definitions_of(all.rows);
  Snapshot snapshot;
  remark_on(definitions, &snapshot);
  fill(all, std::move(definitions), &snapshot);
  return snapshot;
}

std::unique_ptr<SchemaReading> Catalogue::read(const SnapshotRequest& request) {
  return std::make_unique<ContentsReading>(contents(request));
}

std::vector<std::string> Catalogue::filled_tables(const Snapshot& snapshot) {
  const Reading reading(connection_, handle_);
  std::vector<std::string> filled;
  for (const Object& object : snapshot.objects) {
    if (object.id.kind == "table" && has_rows(connection_, object.id.name)) {
      filled.push_back(object.id.name);
    }
  }
  return filled;
}

std::vector<Object> Catalogue::rows(const std::vector<std::string>& tables) {
  const Reading reading(connection_, handle_);
  std::vector<Object> all;
  for (const std::string& table : tables) all.push_back(rows_of(connection_, table));
  return all;
}

// What another program has to register before the schema can be made.
void Catalogue::remark_on(const std::vector<Definition>& definitions, Snapshot* snapshot) {
  Uses used;
  std::set<std::string> modules;
  for (const Definition& definition : definitions) {
    used.collations.insert(definition.uses.collations.begin(), definition.uses.collations.end());
    used.functions.insert(definition.uses.functions.begin(), definition.uses.functions.end());
    if (!definition.module.empty()) modules.insert(definition.module);
  }
  const auto known = [&](const std::set<std::string>& asked, const std::string& list) {
    return asked.empty() ? std::set<std::string>() : names("SELECT name FROM pragma_" + list);
  };
  const std::set<std::string> functions = known(used.functions, "function_list");
  const std::set<std::string> collations = known(used.collations, "collation_list");
  const std::set<std::string> known_modules = known(modules, "module_list");
  const auto remark = [&](const schema::Id& about, const std::string& what) {
    snapshot->remarks.push_back(
        {about, "uses " + what + ", which the program that loads this has to register"});
  };
  for (const Definition& definition : definitions) {
    const schema::Id& id = definition.objects[0].id;
    for (const std::string& name : definition.uses.collations) {
      if (!collations.contains(name)) remark(id, "the collation " + name);
    }
    for (const std::string& name : definition.uses.functions) {
      if (!functions.contains(name)) remark(id, "the function " + name + "()");
    }
    if (!definition.module.empty() && !known_modules.contains(definition.module)) {
      remark(id, "the module " + definition.module);
    }
  }
  std::ranges::sort(snapshot->remarks, [](const schema::Remark& a, const schema::Remark& b) {
    return std::pair(a.about, a.message) < std::pair(b.about, b.message);
  });
}

}  // namespace gander::driver::sqlite
