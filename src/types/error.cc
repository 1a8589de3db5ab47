// SPDX-License-Identifier: MIT
// Error's state and the text of what(): place, message, source line with a caret, hint.
#include "gander/error.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "gander/report.h"

namespace gander {
namespace {

// A source line longer than this is shown as a window round the column.
constexpr std::size_t kShownColumns = 120;

void append_excerpt(const ErrorDetails& details, std::string* out) {
  if (details.source_line.empty()) return;
  std::string_view line = details.source_line;
  std::size_t column = details.column > 0 ? static_cast<std::size_t>(details.column - 1) : 0;
  column = std::min(column, line.size());
  if (line.size() > kShownColumns) {
    const std::size_t from = column > kShownColumns / 2 ? column - kShownColumns / 2 : 0;
    line = line.substr(from, kShownColumns);
    column -= from;
  }
  *out += "\n  ";
  *out += line;
  if (details.column <= 0) return;
  *out += "\n  ";
  // Tabs are repeated so that the caret stands under its character in any terminal; bytes inside a
  // UTF-8 sequence take no column.
  for (std::size_t i = 0; i < column; ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if (byte == '\t') {
      *out += '\t';
    } else if ((byte & 0xC0) != 0x80) {
      *out += ' ';
    }
  }
  *out += '^';
}

std::string describe(const ErrorDetails& details) {
  std::string out;
  if (!details.file.empty()) {
    out += details.file;
    if (details.line > 0) out += ':' + std::to_string(details.line);
    if (details.line > 0 && details.column > 0) out += ':' + std::to_string(details.column);
    out += ": ";
  }
  out += details.message;
  append_excerpt(details, &out);
  if (!details.detail.empty()) out += "\n  " + details.detail;
  if (!details.hint.empty()) out += "\n  " + details.hint;
  return out;
}

ErrorDetails plain(ErrorCode code, std::string message, std::string hint) {
  ErrorDetails details;
  details.code = code;
  details.message = std::move(message);
  details.hint = std::move(hint);
  return details;
}

}  // namespace

struct Error::State {
  ErrorDetails details;
  std::optional<Report> report;
  std::exception_ptr cause;
};

Error::Error(ErrorDetails details)
    : std::runtime_error(describe(details)),
      state_(std::make_shared<const State>(State{std::move(details), std::nullopt, nullptr})) {}

Error::Error(ErrorCode code, std::string message, std::string hint)
    : Error(plain(code, std::move(message), std::move(hint))) {}

Error::~Error() = default;
Error::Error(const Error&) noexcept = default;
Error& Error::operator=(const Error&) noexcept = default;

ErrorCode Error::code() const noexcept { return state_->details.code; }

const ErrorDetails& Error::details() const noexcept { return state_->details; }

const Report* Error::report() const noexcept { return state_->report ? &*state_->report : nullptr; }

Error Error::with_report(Report report) const {
  Error copy(*this);
  copy.state_ =
      std::make_shared<const State>(State{state_->details, std::move(report), state_->cause});
  return copy;
}

std::exception_ptr Error::cause() const noexcept { return state_->cause; }

Error Error::with_details(ErrorDetails details) const {
  Error changed(std::move(details));
  changed.state_ =
      std::make_shared<const State>(State{changed.state_->details, state_->report, state_->cause});
  return changed;
}

Error Error::with_cause(std::exception_ptr cause) const {
  Error copy(*this);
  copy.state_ =
      std::make_shared<const State>(State{state_->details, state_->report, std::move(cause)});
  return copy;
}

const char* error_code_name(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::invalid_migration:
      return "invalid_migration";
    case ErrorCode::out_of_order:
      return "out_of_order";
    case ErrorCode::edited:
      return "edited";
    case ErrorCode::locked:
      return "locked";
    case ErrorCode::sql:
      return "sql";
    case ErrorCode::connection:
      return "connection";
    case ErrorCode::storage:
      return "storage";
    case ErrorCode::not_writable:
      return "not_writable";
    case ErrorCode::in_doubt:
      return "in_doubt";
    case ErrorCode::interrupted:
      return "interrupted";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace gander
