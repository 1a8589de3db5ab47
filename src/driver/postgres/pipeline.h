// SPDX-License-Identifier: MIT
// Pipeline: statements that are sent one behind the other without waiting for answers (libpq's
// pipeline mode, https://www.postgresql.org/docs/current/libpq-pipeline-mode.html), with no Sync
// between them, so that the server passes over all that follows one that fails.
//
// Each piece is one statement of the extended protocol, which reads it when its turn comes: under
// the settings that those before it have made, and with a transaction's time of its own. Answers
// come in order, so what failed is known by its place in the queue and by nothing else.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "src/driver/driver.h"
#include "src/driver/postgres/batch.h"
#include "src/driver/postgres/failure.h"
#include "src/driver/postgres/wire.h"

namespace gander::driver::postgres {

// Whether the commit whose transaction answers this with a row other than 'off' waits for the disk.
extern const char* const kDurableColumn;
// SQL: may the commit of this transaction be answered before it is on the disk? One that took long
// may not: then a report is not held up until the end of the flight.
std::string commit_sql(bool durable);

class Pipeline {
 public:
  using Part = Batch::Part;

  // Enters pipeline mode; `wire` is idle and outlives the pipeline. `landed`: see
  // driver::Connection::open_pipeline().
  Pipeline(Wire& wire, std::function<void()> landed);
  // Leaves it.
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Can this libpq do it?
  static bool available();

  // `statement` lives until the end of the pipeline; it is set for Part::script alone.
  void send(Part part, const std::string& sql, const sql::Statement* statement = nullptr);

  // Waits for all answers and leaves pipeline mode.
  void finish();
  // Ends it whatever it is doing.
  void abandon() noexcept;

  // The first failure, when send(), finish() or look() has ended the pipeline because of it.
  struct Failed {
    Failure failure;
    Part part = Part::own;
    const sql::Statement* statement = nullptr;
  };
  const std::optional<Failed>& failed() const { return failed_; }

  const Landing& landing() const { return landing_; }

 private:
  struct Piece {
    Part part = Part::own;
    const sql::Statement* statement = nullptr;
    bool sync = false;
    bool succeeded = false;
  };

  void receive(bool all);
  void take(const PGresult* result);
  void end_piece();
  void close();
  void tell();

  Wire& wire_;
  std::function<void()> landed_;
  std::deque<Piece> pieces_;
  Landing landing_;
  std::optional<Failed> failed_;
  std::chrono::nanoseconds elapsed_{0};  // of the transaction in progress
  bool durable_ = true;
  bool open_ = true;
  bool told_ = true;  // nothing has come since landed_ was called
};

}  // namespace gander::driver::postgres
