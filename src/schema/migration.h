// SPDX-License-Identifier: MIT
// migration(): a snapshot as a migration in goose's format, which makes the same schema in an empty
// database and has no way down.
#pragma once

#include <string>

#include "src/schema/snapshot.h"
#include "src/sql/lexical.h"

namespace gander::schema {

struct MigrationForm {
  std::string comment;  // lines of the file's head, each with `-- ` and its line end
  // More statements than that do not go into one transaction; 0: any number does.
  int statements_per_transaction = 0;
};

// `rules`: of the engine whose statements these are. Throws Error(unsupported) for a statement that
// holds a line which the format takes for an annotation.
std::string migration(const Snapshot& snapshot, const sql::LexicalRules& rules,
                      const MigrationForm& form);

}  // namespace gander::schema
