// SPDX-License-Identifier: MIT
// Statement: one unit of a script as it is sent to the database, with its place in the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace gander::sql {

struct Grammar;  // grammar.h

struct Place {
  std::int64_t line = 0;    // 1-based
  std::int64_t column = 0;  // 1-based, in bytes
};

// The text from `offset` on stands at `place` in the file, and at `source` in Statement::source. A
// statement has one anchor at 0 and one more wherever lines were left out of it (annotations) or
// substitution put in a value, all of which stands where its `$` does, and behind that.
struct Anchor {
  std::size_t offset = 0;
  Place place;
  std::size_t source = 0;
  bool value = false;
};

// What the engine must know of a statement before it runs it. Found from its leading keywords, so a
// wrong guess costs a clear error of the database, never a wrong record.
enum class StatementKind {
  ordinary,
  nothing,            // only comments and `;`: not sent
  begin_transaction,  // BEGIN, START TRANSACTION, and nothing else
  end_transaction,    // COMMIT, END, ROLLBACK (not ROLLBACK TO), ABORT, PREPARE TRANSACTION
  session,            // changes the session only, repeated on resume: PRAGMA, SET, ATTACH, USE
  bare,               // refuses a transaction: VACUUM, CREATE INDEX CONCURRENTLY, ALTER SYSTEM ...,
                      // or begins or ends transactions among other statements of one unit
  copy_from_stdin,    // COPY ... FROM STDIN: the data lines follow in the text
};

// How the statements of a unit begin and end transactions, in their order.
struct TransactionSteps {
  enum class Step : std::uint8_t { none, begin, end };
  Step first = Step::none;
  Step last = Step::none;
  bool alternating = true;  // no BEGIN behind a BEGIN, no COMMIT behind a COMMIT

  bool any() const { return first != Step::none; }
  // The steps of `next` follow these.
  void add(const TransactionSteps& next);
};

// An offset that is none.
inline constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

struct Statement {
  std::string_view text;  // valid until the reader's next call; `;` included, ends trimmed
  // Where variables have been replaced: the text as the file has it, without their values, which
  // may be secrets. Else empty.
  std::string_view source;
  std::int64_t number = 0;  // 1-based within the section; pieces of one unit share it
  bool last_piece = true;   // false: more of this unit follows (see StatementReader)
  std::span<const Anchor> anchors;
  StatementKind kind = StatementKind::ordinary;
  TransactionSteps transactions;
  bool opens_savepoint = false;         // SAVEPOINT, which may begin a transaction
  bool drops_or_renames_table = false;  // DROP TABLE, ALTER TABLE ... RENAME
  // Offsets in `text` of the first statement that refuses a transaction and of the first that
  // undoes one, or kNowhere.
  std::size_t bare_at = kNowhere;
  std::size_t undo_at = kNowhere;
  bool changes_reading = false;  // of what the server is sent after it: encoding, backslashes
  std::int64_t commands = 0;  // SQL statements in the unit up to here, more than 1 on shared lines
  std::int64_t bytes_read = 0;  // of the file, up to the end of this statement

  // Where byte `offset` of `text` stands in the file.
  Place place(std::size_t offset = 0) const;

  // What people may see of it, and where in that byte `offset` of `text` is.
  std::string_view shown() const { return source.empty() ? text : source; }
  std::size_t shown_offset(std::size_t offset) const;
};

// The anchor that counts for this offset; `anchors` has at least one.
const Anchor& anchor_of(std::span<const Anchor> anchors, std::size_t offset);

}  // namespace gander::sql
