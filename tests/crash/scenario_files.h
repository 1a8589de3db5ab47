// SPDX-License-Identifier: MIT
// The migrations that the scenarios of a campaign run: one set a kind of work, for each database in
// its own words. Whatever is not schema appends a word to the table `trail`: run twice or not at
// all, it shows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gander/gander.h"

namespace gander::crash {

using Files = std::vector<MemoryFile>;

enum class Engine { sqlite, postgres, mysql };

// A file with both directions, in one transaction; stepwise(): without one.
MemoryFile file(const std::string& name, const std::string& up, const std::string& down = "");
MemoryFile stepwise(const std::string& name, const std::string& up, const std::string& down = "");

// The statement that appends `word` to the trail.
std::string mark(const std::string& word);
// The migration that makes the trail, version 1.
MemoryFile trail();

Files schema_files(Engine engine);
Files mixed_files();
Files many_files(int count = 8);
// Statements that refuse a transaction, or whose effect is outside of it.
Files bare_files(Engine engine);
Files own_transaction_files(Engine engine);
// Bodies with semicolons of their own.
Files body_files(Engine engine);
Files trail_files();
// Large enough that pages reach the file before the commit.
Files large_files(Engine engine);

// PostgreSQL's alone: data in COPY, settings of the session, whole databases.
Files copy_files();
Files settings_files();
Files database_files();

// MySQL's alone. Files that only change rows, each of them in one transaction.
Files row_files();
// Files that make a table each: their intents and records share commits.
Files series_files();
// Each kind of change of a schema, which commits, with rows before and behind it.
Files ddl_files();
// Blocks of several commands, and bodies between DELIMITER lines.
Files block_files();
// Under LOCK TABLES, where what is done and the record of it cannot be one transaction.
Files locked_files();
// No autocommit, another database, settings.
Files session_files();
// A call that commits half way: nobody but the user can tell how far it has come.
Files call_files();

}  // namespace gander::crash
