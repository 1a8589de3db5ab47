// SPDX-License-Identifier: MIT
// COPY ... FROM STDIN with its data in the migration, as dumps write it: the data is streamed.
#include <utility>

#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/message_shape.h"

namespace gander::driver::postgres {

// The first piece: the command. It shares a message with what waits before it.
void Connection::start_copy(const sql::Statement& statement) {
  copy_batch_ = std::exchange(batch_, Batch());
  copy_batch_.add(statement, message_shape(statement.text));
  copy_progress_ = {};
  copy_line_ = 0;
  wire_->send(copy_batch_.text(), false);
  copying_ = pump(Rowset::drop, Until::copy_data, &copy_progress_);
  if (copy_progress_.failure) throw_failure(copy_batch_, copy_progress_);
  if (copying_ && statement.last_piece) continue_copy({});
}

void Connection::continue_copy(const sql::Statement& statement) {
  if (copy_line_ == 0 && !statement.text.empty()) copy_line_ = statement.place().line;
  wire_->put_copy_data(statement.text);
  if (!statement.last_piece) return;
  copying_ = false;
  wire_->end_copy(nullptr);
  pump(Rowset::drop, Until::end, &copy_progress_);
  if (!copy_progress_.failure) return;
  const std::int64_t data_line = copy_progress_.failure->copy_line;
  if (data_line == 0 || copy_line_ == 0) throw_failure(copy_batch_, copy_progress_);
  try {
    throw_failure(copy_batch_, copy_progress_);
  } catch (const Error& error) {
    // The command's place is known; the row that the server refused stands further down.
    ErrorDetails details = error.details();
    details.line = copy_line_ + data_line - 1;
    details.column = 1;
    details.source_line.clear();
    throw Error(std::move(details));
  }
}

}  // namespace gander::driver::postgres
