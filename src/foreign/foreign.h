// SPDX-License-Identifier: MIT
// The file layouts of other migration tools, read into goose's: golang-migrate, dbmate, Flyway,
// sql-migrate and refinery.
//
// read_foreign() reads a directory of such files; goose_text() is what one of them becomes. Nothing
// is written and no database is asked here. What has no counterpart is told in notes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/sql/statement.h"

namespace gander::source {

enum class Tool { golang_migrate, dbmate, flyway, sql_migrate, refinery };

const char* tool_name(Tool tool) noexcept;  // "golang-migrate" ...
std::optional<Tool> tool_by_name(std::string_view name);

struct ForeignMigration {
  std::string id;  // what the tool's own table calls it: "7", "20240131", "1.2", "001_init.sql"
  std::int64_t version = 0;  // in goose's numbering
  std::string name;          // base name in goose's layout: "000007_init.sql"
  std::string files;         // names, relative to the directory, that it was read from
  bool transactional = true;
  std::string up;
  std::string down;
  bool has_down = false;
};

struct ForeignDirectory {
  Tool tool = Tool::golang_migrate;
  std::vector<ForeignMigration> migrations;  // in the tool's order
  std::vector<std::string> notes;            // one sentence each: what was left out or changed
};

// The tool whose layout most files of the directory have; nullopt when none has.
std::optional<Tool> detect_tool(const std::filesystem::path& directory);

// Throws Error: not_found (no such directory, no such files), invalid_migration (two files with one
// version, a file that does not follow the tool's rules, a goose annotation inside a file).
ForeignDirectory read_foreign(Tool tool, const std::filesystem::path& directory);

// The file in goose's format, readable for goose itself: a section whose statements goose would not
// split rightly becomes one StatementBegin block. The first line names the origin, see origin_of().
std::string goose_text(const ForeignMigration& migration, Tool tool, const sql::Grammar& grammar);

// The id that goose_text() has put into the first line, or nullopt for any other file.
std::optional<std::string> origin_of(std::string_view text, Tool tool);

// "1.10.0" is {1, 10}: Flyway compares versions part by part.
std::vector<std::int64_t> version_parts(std::string_view id);

}  // namespace gander::source
