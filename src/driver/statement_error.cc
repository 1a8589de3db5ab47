// SPDX-License-Identifier: MIT
// statement_error(): a database's complaint, put back into the file it comes from.
// hide_values(): without the secrets that it quotes.
#include <algorithm>
#include <utility>

#include "src/base/clip.h"
#include "src/driver/driver.h"

namespace gander::driver {
namespace {

std::string_view line_around(std::string_view text, std::size_t offset) {
  const std::size_t before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  const std::size_t from = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(from, text.find('\n', from) - from);
}

}  // namespace

const LedgerSql& Dialect::ledger() const {
  throw Error(ErrorCode::unsupported, "there is no connection to " + std::string(name()) + " yet");
}

std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  out += quote;
  return out;
}

void Driver::restore(const std::string& /*backup*/, bool /*force*/) {
  throw Error(ErrorCode::unsupported, display_name() + " is no database file",
              "restore a server's database with the server's own tools");
}

std::string Connection::back_up() {
  throw Error(ErrorCode::unsupported, "a backup before migrating is made for SQLite files only",
              "make one with the database's own tools and run without Options::backup");
}

void hide_values(const SessionOptions& options, ErrorDetails* details) {
  if (options.hidden == nullptr || options.hidden->empty()) return;
  for (std::string* text : {&details->message, &details->hint, &details->detail}) {
    *text = options.hidden->hide(*text);
  }
}

Error statement_error(const sql::Statement& statement, std::size_t offset, ErrorDetails details) {
  offset = std::min(offset, statement.text.size());
  const sql::Place place = statement.place(offset);
  details.line = place.line;
  details.column = place.column;
  // The statement's first line may begin in the middle of a line of the file; then the excerpt is
  // padded so that the caret still stands under the reported column.
  const std::string_view shown = statement.shown();
  const std::size_t at = statement.shown_offset(offset);
  const std::string_view line = line_around(shown, at);
  const auto within = static_cast<std::int64_t>(shown.data() + at - line.data());
  details.source_line = place.column > within + 1
                            ? std::string(static_cast<std::size_t>(place.column - within - 1), ' ')
                            : std::string();
  details.source_line += line;
  details.statement = statement.number;
  details.sql = shown_sql(shown);
  return Error(std::move(details));
}

}  // namespace gander::driver
