// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/catalogue.h"

#include <sqlite3.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "src/driver/driver.h"

namespace gander::driver::sqlite {
namespace {

using schema::Object;
using schema::Snapshot;

// pragma_table_list came with 3.37.
constexpr int kTableList = 3037000;

// A read transaction, unless one is open: the queries see one state of the file.
class Reading {
 public:
  Reading(driver::Connection& connection, sqlite3* handle)
      : connection_(connection), begun_(sqlite3_get_autocommit(handle) != 0) {
    if (begun_) connection_.execute("BEGIN");
  }
  ~Reading() {
    if (begun_) connection_.rollback();
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  driver::Connection& connection_;
  bool begun_;
};

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
void note_needs(const std::map<std::string, schema::Id>& objects, Definition* definition) {
  Object& object = definition->objects[0];
  if (object.id.kind != "view" && object.id.kind != "virtual table") return;
  for (const std::string& name : definition->mentions) {
    const auto found = objects.find(name);
    if (found != objects.end()) object.steps[0].needs.push_back(found->second);
  }
}

}  // namespace

std::set<std::string> Catalogue::names(const std::string& sql) {
  std::set<std::string> found;
  connection_.visit(sql, [&](const Row& row) { found.insert(folded(row.text(0))); });
  return found;
}

Catalogue::Contents Catalogue::read() {
  const Reading reading(connection_, handle_);
  Contents contents;
  connection_.visit(
      "SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL",
      [&](const Row& row) {
        contents.rows.push_back({std::string(row.text(0)), std::string(row.text(1)),
                                 std::string(row.text(2)), std::string(row.text(3))});
      });
  const bool any_virtual = std::ranges::any_of(contents.rows, [](const SchemaRow& row) {
    return row.type == "table" && folded(row.sql.substr(0, 14)) == "create virtual";
  });
  if (any_virtual && sqlite3_libversion_number() >= kTableList) {
    contents.shadows =
        names("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'");
  }
  connection_.visit(
      "SELECT v.user_version, a.application_id, e.encoding FROM pragma_user_version AS "
      "v, pragma_application_id AS a, pragma_encoding AS e",
      [&](const Row& row) {
        contents.user_version = row.integer(0);
        contents.application_id = row.integer(1);
        contents.encoding = row.text(2);
      });
  return contents;
}

Snapshot Catalogue::snapshot(const SnapshotRequest& request) {
  Contents contents = read();
  const std::set<std::string> own = own_tables(request.without);
  std::erase_if(contents.rows, [&](const SchemaRow& row) {
    return is_internal(row.name) || own.contains(folded(row.table)) ||
           contents.shadows.contains(folded(row.table));
  });

  std::vector<Definition> definitions;
  std::map<std::string, schema::Id> objects;  // that a view can read
  std::map<std::string, std::set<std::string>> columns;
  // Tables first: what the others say is read with their columns in mind.
  std::ranges::stable_partition(contents.rows,
                                [](const SchemaRow& row) { return row.type == "table"; });
  for (const SchemaRow& row : contents.rows) {
    std::set<std::string> names;
    if (row.type == "index") names = columns[folded(row.table)];
    if (row.type == "view" || row.type == "trigger") {
      for (const sql::Token& token : tokens_of(row.sql)) {
        const auto table = columns.find(folded(sql::unquoted(token)));
        if (table == columns.end()) continue;
        names.insert(table->second.begin(), table->second.end());
        names.insert(table->first);
      }
    }
    Definition definition = definition_of(row, names);
    if (row.type == "table") columns[folded(row.name)] = definition.columns;
    if (row.type == "table" || row.type == "view") {
      objects.emplace(folded(row.name), definition.objects[0].id);
    }
    definitions.push_back(std::move(definition));
  }

  Snapshot snapshot;
  snapshot.names_ignore_case = true;
  if (contents.encoding != "UTF-8") {
    snapshot.settings.push_back("PRAGMA encoding = '" + contents.encoding + "'");
  }
  remark_on(definitions, &snapshot);
  for (Definition& definition : definitions) {
    note_needs(objects, &definition);
    std::ranges::move(definition.objects, std::back_inserter(snapshot.objects));
  }
  snapshot.objects.push_back(pragma("application_id", contents.application_id));
  snapshot.objects.push_back(pragma("user_version", contents.user_version));
  schema::sort(&snapshot);
  return snapshot;
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
