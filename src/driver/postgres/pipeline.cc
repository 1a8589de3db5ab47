// SPDX-License-Identifier: MIT
#include "src/driver/postgres/pipeline.h"

#include <string_view>
#include <utility>

#include "src/driver/postgres/elapsed.h"
#include "src/driver/postgres/libpq.h"

namespace gander::driver::postgres {

const char* const kDurableColumn = "gander durable";

std::string commit_sql(bool durable) {
  const std::string setting = "pg_catalog.current_setting('synchronous_commit')";
  const std::string wanted =
      durable ? "CASE " + setting + " WHEN 'off' THEN 'local' ELSE " + setting + " END"
              : "CASE WHEN pg_catalog.clock_timestamp() - pg_catalog.now() < "
                "pg_catalog.make_interval(secs => 0.05) THEN 'off' ELSE " +
                    setting + " END";
  return "SELECT pg_catalog.set_config('synchronous_commit', " + wanted + ", true) AS \"" +
         kDurableColumn + "\"";
}

bool Pipeline::available() {
  const Libpq& pq = libpq();
  return pq.PQenterPipelineMode != nullptr && pq.PQexitPipelineMode != nullptr &&
         pq.PQpipelineSync != nullptr && pq.PQsendFlushRequest != nullptr;
}

Pipeline::Pipeline(Wire& wire, std::function<void()> landed)
    : wire_(wire), landed_(std::move(landed)) {
  wire_.enter_pipeline();
}

Pipeline::~Pipeline() { abandon(); }

void Pipeline::send(Part part, const std::string& sql, const sql::Statement* statement) {
  wire_.send_piece(sql);
  pieces_.push_back({part, statement});
  // The first of a queue is next to be answered.
  if (pieces_.size() == 1) wire_.expect_rows();
  if (part == Part::script || part == Part::commit) {
    wire_.flush_pipeline();
    receive(false);
    if (failed_) close();
    tell();
  }
}

void Pipeline::finish() {
  close();
  tell();
}

// Has everything answered, and leaves pipeline mode.
void Pipeline::close() {
  if (!open_) return;
  wire_.sync_pipeline();
  pieces_.push_back({.sync = true});
  receive(true);
  open_ = false;
  wire_.leave_pipeline();
}

void Pipeline::abandon() noexcept {
  if (!open_) return;
  landed_ = nullptr;
  try {
    wire_.abandon_pipeline();
    close();
  } catch (...) {
    // What could not be taken back is told by the next message, which fails.
  }
  open_ = false;
}

// Not from within receive(): an observer may throw.
void Pipeline::tell() {
  if (!told_ && landed_) {
    told_ = true;
    landed_();
  }
}

void Pipeline::receive(bool all) {
  while (!pieces_.empty()) {
    if (!wire_.has_result()) {
      if (!all) return;
      tell();
      wire_.wait_for_result();
      continue;
    }
    const ResultHandle result = wire_.take_result();
    if (result == nullptr) {
      if (wire_.lost() && !failed_) {
        failed_ = Failed{
            {lost_connection(wire_.handle(), wire_.secrets())}, pieces_.front().part, nullptr};
      }
      if (wire_.lost()) pieces_.clear();
      if (!pieces_.empty()) end_piece();
    } else if (libpq().PQresultStatus(result.get()) == kPipelineSync) {
      pieces_.pop_front();
    } else {
      take(result.get());
    }
  }
}

void Pipeline::take(const PGresult* result) {
  const Libpq& pq = libpq();
  Piece& piece = pieces_.front();
  const auto status = static_cast<int>(pq.PQresultStatus(result));
  if (status == kPipelineAborted) return;
  if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
      status == PGRES_EMPTY_QUERY) {
    piece.succeeded = status != PGRES_SINGLE_TUPLE;
    if (piece.part == Part::script || pq.PQntuples(result) != 1) return;
    if (const auto elapsed = elapsed_of(result)) elapsed_ = *elapsed;
    if (std::string_view(pq.PQfname(result, 0)) == kDurableColumn) {
      durable_ = std::string_view(pq.PQgetvalue(result, 0, 0)) != "off";
    }
    return;
  }
  if (failed_) return;
  failed_ = Failed{failure_of(result, wire_.secrets()), piece.part, piece.statement};
  note_loss(wire_.lost(), wire_.handle(), wire_.secrets(), &failed_->failure);
}

void Pipeline::end_piece() {
  const Piece piece = pieces_.front();
  pieces_.pop_front();
  if (!pieces_.empty() && !pieces_.front().sync) wire_.expect_rows();
  if (!piece.succeeded || failed_) return;
  told_ = false;
  wire_.note_answer();
  if (piece.part == Part::script) ++landing_.answered;
  if (piece.part != Part::commit) return;
  ++landing_.committed;
  landing_.elapsed.push_back(std::exchange(elapsed_, std::chrono::nanoseconds(0)));
  if (std::exchange(durable_, true)) landing_.durable = landing_.committed;
}

}  // namespace gander::driver::postgres
