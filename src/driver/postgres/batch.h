// SPDX-License-Identifier: MIT
// Batch: SQL that waits to be sent as one message, and whose each piece is.
//
// The server answers a message with one result for each statement in it and stops at the first that
// fails. Which unit of the script that was follows from the error's position or, where it has none,
// from how many statements had succeeded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gander/error.h"
#include "src/driver/driver.h"
#include "src/driver/postgres/message_shape.h"

namespace gander::driver::postgres {

class Batch {
 public:
  // Whose statement it is. An error of a record or of a COMMIT says so.
  enum class Part { own, record, script, commit };

  // SQL of Gander itself or of a function migration.
  void add(std::string_view sql) { add(sql, message_shape(sql).starts.size()); }
  void add(std::string_view sql, std::size_t statements, Part part = Part::own);

  // A unit of a script. Its text is copied.
  void add(const sql::Statement& statement, const MessageShape& shape);

  bool empty() const { return units_.empty(); }
  const std::string& text() const { return text_; }
  void clear();

  // The error of this message: `completed` statements had succeeded; `position` is the server's,
  // 1-based and in characters, 0 if there is none.
  Error locate(ErrorDetails details, std::int64_t completed, std::int64_t position) const;

  // The unit of the script that such an error is about. Empty: it is not about one.
  std::string_view script_text(std::int64_t completed, std::int64_t position) const;

 private:
  struct Unit {
    std::size_t begin = 0;  // in text_
    std::size_t size = 0;
    std::int64_t first_statement = 0;  // statements of the message before it
    Part part = Part::own;
    sql::Statement statement;  // its views are empty
    std::string source;
    std::vector<sql::Anchor> anchors;
    std::vector<std::size_t> starts;
  };

  Unit& append(std::string_view sql, std::size_t statements);
  const Unit* unit_at(std::size_t offset) const;
  const Unit* unit_of_statement(std::int64_t index) const;
  const Unit* unit_of(std::int64_t completed, std::int64_t position) const;

  std::string text_;
  std::vector<Unit> units_;
  std::int64_t statements_ = 0;
};

// The error of a statement that is not the script's, with words that say what it was about.
Error error_of_part(Batch::Part part, ErrorDetails details);

// Byte offset of the character with this 1-based position; text.size() behind the end.
std::size_t offset_of_character(std::string_view text, std::int64_t position);

}  // namespace gander::driver::postgres
