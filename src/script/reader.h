// SPDX-License-Identifier: MIT
// StatementReader: pulls the statements of one direction out of a script, in bounded memory.
// scan(): one pass over a whole script that checks both directions, counts and hashes.
//
// The file format is goose's (annotations, line rules, environment substitution); what a statement
// is inside a section is decided by a lexer for the grammar. docs/compatibility.md lists where this
// is wider than goose. Nothing here runs SQL or knows versions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gander/error.h"
#include "gander/report.h"
#include "src/base/hidden_values.h"
#include "src/base/input.h"
#include "src/sql/grammar.h"
#include "src/sql/statement.h"

namespace gander::script {

// Values for ENVSUB; an empty function means the process environment.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

// Where ENVSUB finds its values, and who takes note of those that went into a statement.
struct Variables {
  Environment environment;
  HiddenValues* used = nullptr;  // outlives the reader
};

struct ReadOptions {
  const sql::Grammar* grammar = &sql::kPlainGrammar;
  Direction direction = Direction::up;
  std::string file;  // for error messages
  Variables variables;
  // No file of goose's format: every statement of it, and annotations are comments. Of the two
  // directions it is `up`.
  bool plain = false;
};

// A statement that a check is about. Line 0: there is none.
struct Spot {
  std::int64_t line = 0;
  std::int64_t column = 0;
  std::string source_line;

  explicit operator bool() const { return line > 0; }
};

// How the statements of a section begin and end transactions. src/run/task.cc has the table that
// says how a file of each shape runs.
enum class TransactionShape {
  none,       // they do not
  savepoint,  // they do not, but for a savepoint, which begins one where none is open
  // Transactions that begin end here too, none begins within another, and the first thing to run
  // begins one.
  own,
  // Within a transaction around all of it, none is begun before it is ended, and one is open at the
  // end: `COMMIT; ... BEGIN;`.
  returned,
  returned_tangled,  // the same, with units that hold half a transaction among other statements
  loose,             // none of these: some begin behind other statements, or do not end
  tangled,           // a unit holds half a transaction among other statements
};

// With such a section a transaction around it is open when it ends, and none was begun inside.
constexpr bool returns_transaction(TransactionShape shape) {
  return shape == TransactionShape::none || shape == TransactionShape::savepoint ||
         shape == TransactionShape::returned || shape == TransactionShape::returned_tangled;
}

// Does a statement begin or end a transaction?
constexpr bool controls_transaction(TransactionShape shape) {
  return shape != TransactionShape::none && shape != TransactionShape::savepoint;
}

// What scan() learns about one direction.
struct Section {
  std::int64_t statements = 0;
  // The first defect that only this direction suffers from (an unfinished statement, a failing
  // substitution). The other direction can still run, as with goose.
  std::optional<ErrorDetails> error;
  TransactionShape shape = TransactionShape::none;
  bool drops_or_renames_table = false;
  bool ends_open = false;  // the last statement has no `;`, see sql::LexicalRules
  // The first `bare` statement that would run within a transaction around all of it. A unit that
  // begins or ends transactions does not count: some databases take it within another one.
  Spot first_bare;
  // The first that shares its line or block with other statements. PostgreSQL runs those of one
  // message in a transaction.
  Spot first_crowded;
  // The first ROLLBACK or ABORT of a whole transaction: what stands before it would be recorded and
  // not be there.
  Spot first_undo;
  // What changes the session for the files behind this one (SET, PRAGMA with a value, ATTACH): the
  // first, and how many there are.
  Spot first_setting;
  std::int64_t settings = 0;
  // Comments that look like annotations and are none, and with them statements that may have landed
  // in the wrong section. goose passes over them.
  std::vector<ErrorDetails> lookalikes;
};

struct Summary {
  bool transactional = true;  // no `-- +goose NO TRANSACTION` anywhere in the file
  Section up;
  Section down;
  std::string checksum;  // SHA-256, hex, of the text without BOM and with CRLF as LF
  std::int64_t bytes = 0;
  const Section& section(Direction direction) const {
    return direction == Direction::up ? up : down;
  }
};

// Throws Error(invalid_migration) with file, line, column, source line and hint for a defect that
// concerns the whole file: no Up annotation, a bad annotation, a missing StatementEnd.
// options.direction is ignored.
Summary scan(Input& input, const ReadOptions& options);

// A unit that grows past kPieceBytes (a huge StatementBegin block, a huge single line) is handed
// out in pieces cut after a top-level `;`, so that memory stays bounded by the largest single SQL
// statement plus a window. Joined they are the unit's text; the kind is that of each piece.
//
// COPY ... FROM STDIN outside of a block always comes in two pieces or more, all of kind
// copy_from_stdin: the command, then its data lines with their line ends, cut at line ends, without
// the closing `\.`. The last piece may be empty.
inline constexpr std::size_t kPieceBytes = 1 << 20;

class StatementReader {
 public:
  // `input` must outlive the reader.
  StatementReader(Input& input, ReadOptions options);
  ~StatementReader();
  StatementReader(const StatementReader&) = delete;
  StatementReader& operator=(const StatementReader&) = delete;

  // The next statement, or false at the end of the section. Views in `*statement` are valid until
  // the next call. Throws Error(invalid_migration) as scan() does, and for the direction's own
  // defects. The whole file has been read when it returns false.
  bool next(sql::Statement* statement);

  // The checksum of the file, valid after next() has returned false. Equal to scan()'s unless the
  // file changed in between.
  const std::string& checksum() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gander::script
