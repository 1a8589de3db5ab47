// SPDX-License-Identifier: MIT
#include "src/foreign/records.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/base/input.h"
#include "src/source/migration.h"

namespace gander::cli {
namespace {

using source::Tool;

// Enough for the first line of a file that `gander import` has written.
constexpr std::size_t kHead = 4096;

const char* table_of(Tool tool) {
  switch (tool) {
    case Tool::golang_migrate:
    case Tool::dbmate:
      return "schema_migrations";
    case Tool::flyway:
      return "flyway_schema_history";
    case Tool::sql_migrate:
      return "gorp_migrations";
    case Tool::refinery:
      return "refinery_schema_history";
  }
  return "";
}

std::string text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return {};
}

bool is_true(const Value& value) {
  const std::string text = text_of(value);
  return text == "1" || text == "t" || text == "true";
}

[[noreturn]] void throw_failed(Tool tool, const std::string& id) {
  throw Error(ErrorCode::in_doubt,
              std::string(source::tool_name(tool)) + " has noted that version " + id + " failed",
              "bring the database to a state that " + std::string(source::tool_name(tool)) +
                  " calls clean, then adopt it");
}

// What the tool's table says. `through`: everything up to this id counts as applied.
struct Applied {
  std::vector<std::string> ids;
  std::optional<std::string> through;
};

Applied read_golang_migrate(driver::Connection& connection) {
  Applied applied;
  for (const auto& row : connection.query("SELECT version, dirty FROM schema_migrations").rows) {
    if (is_true(row[1])) throw_failed(Tool::golang_migrate, text_of(row[0]));
    applied.through = text_of(row[0]);
  }
  return applied;
}

Applied read_flyway(driver::Connection& connection) {
  Applied applied;
  const driver::Rows rows = connection.query(
      "SELECT version, type, success FROM flyway_schema_history WHERE version IS NOT NULL "
      "ORDER BY installed_rank");
  for (const auto& row : rows.rows) {
    const std::string id = text_of(row[0]), type = text_of(row[1]);
    if (!is_true(row[2])) throw_failed(Tool::flyway, id);
    if (type.find("BASELINE") != std::string::npos) {
      applied.through = id;
    } else if (type.starts_with("UNDO")) {
      std::erase(applied.ids, id);
    } else {
      applied.ids.push_back(id);
    }
  }
  return applied;
}

Applied read_list(driver::Connection& connection, const char* query) {
  Applied applied;
  for (const auto& row : connection.query(query).rows) applied.ids.push_back(text_of(row[0]));
  return applied;
}

Applied read_applied(driver::Connection& connection, Tool tool) {
  switch (tool) {
    case Tool::golang_migrate:
      return read_golang_migrate(connection);
    case Tool::dbmate:
      return read_list(connection, "SELECT version FROM schema_migrations ORDER BY version");
    case Tool::flyway:
      return read_flyway(connection);
    case Tool::sql_migrate:
      return read_list(connection, "SELECT id FROM gorp_migrations ORDER BY applied_at, id");
    case Tool::refinery:
      return read_list(connection, "SELECT version FROM refinery_schema_history ORDER BY version");
  }
  return {};
}

// golang-migrate and dbmate call their tables alike; only the former has a column `dirty`.
bool has_dirty_column(driver::Connection& connection) {
  try {
    connection.query("SELECT dirty FROM schema_migrations WHERE 1 = 0");
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::sql) throw;
    return false;
  }
}

Tool detect(driver::Connection& connection) {
  constexpr std::array kOrder{Tool::golang_migrate, Tool::flyway, Tool::sql_migrate,
                              Tool::refinery};
  std::vector<TableName> names;
  for (const Tool tool : kOrder) names.push_back(TableName::parse(table_of(tool)));
  const std::vector<bool> found = connection.tables_exist(names);
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    if (!found[i]) continue;
    if (kOrder[i] != Tool::golang_migrate || has_dirty_column(connection)) return kOrder[i];
    return Tool::dbmate;
  }
  throw Error(ErrorCode::not_found, "this database has no table of a tool that can be adopted from",
              "those are schema_migrations (golang-migrate, dbmate), flyway_schema_history, "
              "gorp_migrations (sql-migrate) and refinery_schema_history");
}

std::string head_of(const source::Migration& migration) {
  const std::unique_ptr<Input> input = migration.open();
  std::string head(kHead, '\0');
  head.resize(input->read(head.data(), head.size()));
  return head;
}

// An imported file says in its first line where it comes from; any other goes by its version.
std::vector<Adoption::Migration> known_migrations(const Source& source, Tool tool) {
  std::vector<Adoption::Migration> known;
  for (const source::Migration& migration : source::list(source)) {
    if (migration.kind != source::Kind::sql) continue;
    const std::optional<std::string> origin = source::origin_of(head_of(migration), tool);
    known.push_back(
        {migration.version, migration.name, origin.value_or(std::to_string(migration.version))});
  }
  return known;
}

// 007 and 7 are one version; a file name is itself alone.
bool same_id(Tool tool, const std::string& a, const std::string& b) {
  return a == b ||
         (tool != Tool::sql_migrate && source::version_parts(a) == source::version_parts(b));
}

}  // namespace

Adoption read_adoption(driver::Connection& connection, std::optional<Tool> tool,
                       const Source& source) {
  Adoption adoption;
  adoption.tool = tool ? *tool : detect(connection);
  adoption.table = table_of(adoption.tool);
  const std::vector<Adoption::Migration> known = known_migrations(source, adoption.tool);
  const Applied applied = read_applied(connection, adoption.tool);
  if (applied.through) {
    const auto bound = source::version_parts(*applied.through);
    for (const Adoption::Migration& migration : known) {
      if (source::version_parts(migration.id) <= bound) adoption.migrations.push_back(migration);
    }
  }
  for (const std::string& id : applied.ids) {
    const auto match = std::find_if(known.begin(), known.end(), [&](const auto& migration) {
      return same_id(adoption.tool, migration.id, id);
    });
    if (match == known.end()) {
      throw Error(ErrorCode::not_found,
                  std::string(source::tool_name(adoption.tool)) + " has applied " + id +
                      ", and no migration here comes from it",
                  "import its files first: gander import DIRECTORY");
    }
    adoption.migrations.push_back(*match);
  }
  return adoption;
}

}  // namespace gander::cli
