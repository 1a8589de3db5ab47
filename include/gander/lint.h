// SPDX-License-Identifier: MIT
// lint(): what would hurt in migrations, told before they run: locks that stop readers or writers
// of tables in use, rewrites, data that goes away, statements that fail on a filled table.
//
//   const gander::LintReport report =
//       gander::lint(gander::directory("migrations"), {.dialect = "postgres"});
//   for (const gander::LintFinding& found : report.findings) {
//     std::printf("%s:%d: %s\n", found.file.c_str(), int(found.line), found.message.c_str());
//   }
//
// The Up sections are read; on a database nothing is run. For SQLite a database in memory is made
// from its schema and some of its rows, and the statements are tried there. MigrationRunner::lint()
// does the same for what is pending in a database, and can tell more, because it sees the tables.
// Plain values, safe to copy and keep.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gander/export.h"
#include "gander/lint_settings.h"
#include "gander/source.h"
#include "gander/target.h"

namespace gander {

// What is looked for. `id` is what suppressions name: never rename.
struct LintRule {
  std::string id;                                 // "create-index"
  std::string dialect;                            // whose files it is about; empty: any
  LintSeverity severity = LintSeverity::warning;  // the usual one
  std::string title;                              // what is found, a few words
  std::string why;                                // what it does to a database in use
  std::string safe;                               // what to write instead
};

// All of them, or those that a dialect's files are held to.
[[nodiscard]] GANDER_EXPORT std::vector<LintRule> lint_rules(std::string_view dialect = {});

struct LintLock {
  std::string relation;  // as the file or, with a database, the catalogue names it
  std::string mode;      // "ACCESS EXCLUSIVE"
};

struct LintFinding {
  std::string rule;  // LintRule::id
  LintSeverity severity = LintSeverity::warning;
  std::string message;  // one sentence
  std::string hint;     // what to do
  std::string file;
  std::int64_t version = 0;
  std::int64_t line = 0;    // 1-based; 0: the file as a whole
  std::int64_t column = 0;  // 1-based, in bytes
  std::string source_line;
  // What the statement locks, where the finding is about that: relations that were there before.
  // Without a database those that the text names.
  std::vector<LintLock> locks = {};
};

// A finding that was allowed, by a comment `-- gander:allow RULE reason` or by LintOptions::allow.
struct LintAllowed {
  LintFinding finding;
  std::string reason;  // empty: by the options
};

struct LintReport {
  std::string dialect;  // whose rules they were
  std::string server;   // "PostgreSQL 15.20" that was asked; empty: none
  std::int64_t files = 0;
  std::int64_t statements = 0;
  std::vector<LintFinding> findings;  // by file and line
  std::vector<LintAllowed> allowed;

  GANDER_EXPORT std::int64_t count(LintSeverity severity) const noexcept;
};

// What a file of migrations was where the present ones are to go: in the branch they are merged to.
struct LintMerged {
  enum class State {
    same,    // it has the same text here
    edited,  // another text here
    gone,    // it was there when this branch began, and is not here
    newer,   // it came since this branch began
  };
  std::string file;  // base name
  State state = State::same;
};

struct LintOptions {
  // Whose SQL the files hold, as in ValidateOptions. Not needed where a database is given.
  std::string dialect = {};

  // Rules that are not to be reported, besides those of the settings.
  std::vector<std::string> allow = {};

  LintSettings settings = {};

  // Files that are the same are not judged, and others by what they are to those that were merged
  // before: edited, deleted, inserted before the newest, of the same version as another one. Empty:
  // every file is judged by itself.
  std::vector<LintMerged> merged = {};

  // As in Options: with a lock_timeout a run waits for no lock longer than that, and a file needs
  // none of its own.
  std::chrono::milliseconds lock_timeout{0};
  bool exact_annotations = true;
  std::function<std::optional<std::string>(std::string_view name)> environment = {};
};

// Reads every file's Up section. What cannot be read is a finding. Throws Error(usage) for a
// dialect or a rule that there is not, Error(unsupported) for a dialect without rules, and what
// listing the source throws.
[[nodiscard]] GANDER_EXPORT LintReport lint(const Source& source, const LintOptions& options);

// The same with the schema of a database before the eyes, for files that are yet to run there. It
// is connected, read, and not written to. Throws what connecting throws, too.
[[nodiscard]] GANDER_EXPORT LintReport lint(const Source& source, Target& database,
                                            const LintOptions& options = {});

}  // namespace gander

#endif
