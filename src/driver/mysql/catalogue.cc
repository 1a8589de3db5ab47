// SPDX-License-Identifier: MIT
#include "src/driver/mysql/catalogue.h"

#include <algorithm>
#include <map>
#include <optional>

#include "src/base/sha256.h"
#include "src/driver/mysql/connection.h"
#include "src/driver/mysql/dialect.h"

namespace gander::driver::mysql {
namespace {

std::string literal(std::string_view text) { return dialect().literal(text); }

std::string quoted_name(const Object& object) {
  const std::string name = dialect().quote(object.name);
  return object.schema.empty() ? name : dialect().quote(object.schema) + "." + name;
}

std::string account(const Object& object) {
  const std::string name = dialect().quote(object.name);
  return object.schema.empty() ? name : name + "@" + dialect().quote(object.schema);
}

// The definition without the name and what changes as rows come, the same whatever ANSI_QUOTES
// says.
std::string settled(std::string text) {
  std::replace(text.begin(), text.end(), '"', '`');
  const std::size_t body = text.find('\n');
  if (body != std::string::npos) text.erase(0, body);
  constexpr std::string_view kCounter = " AUTO_INCREMENT=";
  const std::size_t options = text.rfind("\n)");
  const std::size_t at = options == std::string::npos ? options : text.find(kCounter, options);
  if (at == std::string::npos) return text;
  std::size_t end = at + kCounter.size();
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return text.erase(at, end - at);
}

// As the server writes the name of a table's file: "a-b" is a@002db. Nothing for letters beyond
// ASCII, which have codes of their own.
std::optional<std::string> file_name(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) return std::nullopt;
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (plain) {
      out += c;
    } else {
      out += {'@', '0', '0', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

bool is_partition(std::string_view file, std::string_view table) {
  if (!file.starts_with(table)) return false;
  const std::string_view rest = file.substr(table.size());
  return rest.starts_with("#P#") || rest.starts_with("#p#");
}

// Rows of name and id.
std::string ids_of(const Rows& rows, std::string_view file) {
  std::string ids;
  for (const auto& row : rows.rows) {
    const std::string name = cell_text(row.at(0));
    if (name != file && !is_partition(name, file)) continue;
    ids += (ids.empty() ? "" : ",") + cell_text(row.at(1));
  }
  return ids;
}

const char* routine_type(ObjectType type) {
  switch (type) {
    case ObjectType::procedure:
      return "PROCEDURE";
    case ObjectType::package:
      return "PACKAGE";
    case ObjectType::package_body:
      return "PACKAGE BODY";
    default:
      return "FUNCTION";
  }
}

}  // namespace

bool is_refusal(const Error& error) {
  return !error.details().sqlstate.empty() && !error.details().retryable &&
         (error.code() == ErrorCode::sql || error.code() == ErrorCode::not_writable);
}

std::string cell_text(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  const auto* string = std::get_if<std::string>(&value);
  return string == nullptr ? std::string() : *string;
}

bool Catalogue::mariadb() const { return connection_.server().mariadb; }

std::string Catalogue::schema_sql(const Object& object) const {
  return object.schema.empty() ? "DATABASE()" : literal(object.schema);
}

// An expression: how many there are.
std::string Catalogue::existence_sql(const Question& question) const {
  const Object& object = question.object;
  const std::string name = literal(object.name);
  const auto count = [&](const std::string& table, const std::string& column,
                         const std::string& more = {}) {
    return "(SELECT COUNT(*) FROM " + table + " WHERE " + column + " = " + name + more + ")";
  };
  const auto in_schema = [&](const std::string& column) {
    return " AND " + column + " = " + schema_sql(object);
  };
  switch (object.type) {
    case ObjectType::table:
      return count("information_schema.tables", "table_name", in_schema("table_schema"));
    case ObjectType::trigger:
      return count(
          "information_schema.triggers", "trigger_name",
          in_schema("trigger_schema") + in_schema("event_object_schema") +
              (object.table.empty() ? std::string()
                                    : " AND event_object_table = " + literal(object.table)));
    case ObjectType::procedure:
    case ObjectType::function:
    case ObjectType::package:
    case ObjectType::package_body:
      return count(
          "information_schema.routines", "routine_name",
          in_schema("routine_schema") + " AND routine_type = '" + routine_type(object.type) + "'");
    case ObjectType::library:
      return count("information_schema.libraries", "library_name", in_schema("library_schema"));
    case ObjectType::event:
      return count("information_schema.events", "event_name", in_schema("event_schema"));
    case ObjectType::database:
      return count("information_schema.schemata", "schema_name");
    case ObjectType::user:
    case ObjectType::role: {
      const bool role = object.type == ObjectType::role && mariadb();
      const std::string host = object.schema.empty() && !role ? "%" : object.schema;
      return count("mysql.user", "user", " AND host = " + literal(host));
    }
    case ObjectType::grants:
      return "1";
    case ObjectType::server:
      return count("mysql.servers", "server_name");
    case ObjectType::tablespace:
      return count("information_schema.innodb_tablespaces", "name");
    case ObjectType::plugin:
      return count("information_schema.plugins", "plugin_name");
    case ObjectType::component:
      return count("mysql.component", "component_urn");
    case ObjectType::resource_group:
      return count("information_schema.resource_groups", "resource_group_name");
    case ObjectType::reference_system:
      return count("information_schema.st_spatial_reference_systems", "srs_id");
  }
  return "NULL";
}

// MariaDB looks through the triggers of all tables for one whose table is not given.
bool Catalogue::is_told_by_show(const Object& object) const {
  return mariadb() && object.type == ObjectType::trigger && object.table.empty();
}

bool Catalogue::is_shown(const std::string& sql) {
  try {
    return !connection_.query(sql).rows.empty();
  } catch (const Error& error) {
    if (!is_refusal(error)) throw;
    return false;
  }
}

std::string Catalogue::definition(const Object& object) {
  if (object.type == ObjectType::grants) {
    std::vector<std::string> all;
    for (const auto& row : connection_.query("SHOW GRANTS FOR " + account(object)).rows) {
      all.push_back(cell_text(row.at(0)));
    }
    std::sort(all.begin(), all.end());
    std::string text;
    for (const std::string& grant : all) text += grant + '\n';
    return text;
  }
  const std::string show = "SHOW CREATE TABLE " + quoted_name(object);
  const Rows rows = connection_.query(
      mariadb() ? "SET STATEMENT sql_mode = '', sql_quote_show_create = 1 FOR " + show : show);
  return rows.rows.empty() ? std::string() : settled(cell_text(rows.rows[0].at(1)));
}

Catalogue::Answer Catalogue::look(const std::vector<Question>& questions) {
  std::string sql = "SELECT DATABASE()";
  for (const Question& question : questions) {
    const bool tables = question.object.type == ObjectType::database && question.digest;
    sql += ", " + (is_told_by_show(question.object) ? "0" : existence_sql(question));
    sql += tables ? ", (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = " +
                        literal(question.object.name) + ")"
                  : std::string(", ''");
  }
  const Rows rows = connection_.query(sql);
  const std::vector<Value>& row = rows.rows.at(0);
  Answer answer{cell_text(row.at(0)), {}};
  std::size_t column = 1;
  for (const Question& question : questions) {
    State state{
        question.object, cell_text(row.at(column)) != "0", cell_text(row.at(column + 1)), {}};
    column += 2;
    if (is_told_by_show(question.object)) {
      state.present = is_shown("SHOW CREATE TRIGGER " + quoted_name(question.object));
    }
    const bool defined =
        question.object.type == ObjectType::table || question.object.type == ObjectType::grants;
    if (question.digest && state.present && defined) {
      state.digest = sha256_hex(definition(question.object)).substr(0, 32);
    }
    answer.states.push_back(std::move(state));
  }
  find_ids(questions, &answer);
  return answer;
}

// Of a table with partitions the ids of all of them. Needs the privilege PROCESS.
void Catalogue::find_ids(const std::vector<Question>& questions, Answer* answer) {
  std::map<std::size_t, std::string> files;
  std::string condition;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Object& object = questions[i].object;
    if (!questions[i].id || !answer->states[i].present) continue;
    const auto schema = file_name(object.schema.empty() ? answer->database : object.schema);
    const auto table = file_name(object.name);
    if (!schema || !table) continue;
    files[i] = *schema + "/" + *table;
    condition += (condition.empty() ? "" : " OR ") + ("name = " + literal(files[i])) +
                 " OR LEFT(name, " + std::to_string(files[i].size() + 3) +
                 ") = " + literal(files[i] + "#P#");
  }
  if (files.empty()) return;
  try {
    const Rows rows =
        connection_.query(std::string("SELECT name, table_id FROM information_schema.") +
                          (mariadb() ? "innodb_sys_tables" : "innodb_tables") + " WHERE " +
                          condition + " ORDER BY name");
    for (const auto& [index, file] : files) answer->states[index].id = ids_of(rows, file);
  } catch (const Error& error) {
    if (!is_refusal(error)) throw;
  }
}

}  // namespace gander::driver::mysql
