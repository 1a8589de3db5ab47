// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/failure.h"

#include <algorithm>
#include <charconv>

#include "src/driver/clickhouse/url.h"

namespace gander::driver::clickhouse {
namespace {

struct Meaning {
  std::int64_t number;
  ErrorCode code;
  bool retryable;
  const char* hint;
};

constexpr const char* kRunAgain = "check the network and the server's log, then run again";
constexpr const char* kUserHint =
    "check the user name and the password in the URL, and from where the user may connect";
constexpr const char* kGrantHint =
    "grant the user of the URL what the message names, or connect as another one";
constexpr const char* kKeeperHint =
    "the server has lost its ZooKeeper or Keeper: run again when it is back";

constexpr Meaning kMeanings[] = {
    {kNoDatabase, ErrorCode::sql, false, "create the database first: CREATE DATABASE name"},
    {kTimeout, ErrorCode::sql, false,
     "the server gave the statement up, or waits no longer: what it has begun may go on"},
    {164, ErrorCode::not_writable, false,
     "the user may only read (readonly): connect as another one"},
    {kDenied, ErrorCode::not_writable, false, kGrantHint},
    {291, ErrorCode::not_writable, false, kGrantHint},
    {kCancelled, ErrorCode::sql, false, "somebody cancelled the statement (KILL QUERY)"},
    {192, ErrorCode::connection, false, kUserHint},
    {193, ErrorCode::connection, false, kUserHint},
    {194, ErrorCode::connection, false, kUserHint},
    {195, ErrorCode::connection, false, kUserHint},
    {516, ErrorCode::connection, false, kUserHint},
    {202, ErrorCode::connection, true, "the server runs as many statements as it may: run again"},
    {225, ErrorCode::sql, true, kKeeperHint},
    {242, ErrorCode::not_writable, true, kKeeperHint},
    {243, ErrorCode::storage, false, "free space on the server, then run again"},
    {241, ErrorCode::sql, false, "the statement needs more memory than the server grants it"},
    {252, ErrorCode::sql, true, "the table has too many parts: wait for its merges, run again"},
    {359, ErrorCode::sql, false,
     "the server protects large tables: raise max_table_size_to_drop in its configuration, or "
     "create the file that its message names"},
    {kSessionNotFound, ErrorCode::connection, true,
     "the session has ended: the server was restarted, or the session was idle for too long"},
    {kSessionLocked, ErrorCode::locked, true,
     "a statement of this session is still running: run again when it has ended"},
};

// "Code: 60. DB::Exception: text. (UNKNOWN_TABLE) (version 26.9.2.1)", and of servers before 20.x
// "Code: 60, e.displayText() = DB::Exception: text, e.what() = DB::Exception".
struct Message {
  std::int64_t number = 0;
  std::string text;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \r\n\t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \r\n\t") + 1 - begin);
}

void drop_front(std::string_view* text, std::string_view front) {
  if (text->starts_with(front)) text->remove_prefix(front.size());
}

Message message_of(std::string_view body) {
  constexpr std::string_view kCode = "Code: ";
  Message message;
  body = trimmed(body);
  if (body.starts_with(kCode)) {
    const auto [at, failure] =
        std::from_chars(body.data() + kCode.size(), body.data() + body.size(), message.number);
    if (failure == std::errc()) body.remove_prefix(static_cast<std::size_t>(at - body.data()));
    drop_front(&body, ", e.displayText() = ");
    drop_front(&body, ". ");
    drop_front(&body, "DB::Exception: ");
  }
  const std::size_t version = body.rfind(" (version ");
  if (version != std::string_view::npos) body = body.substr(0, version);
  const std::size_t what = body.rfind(", e.what() = ");
  if (what != std::string_view::npos) body = body.substr(0, what);
  message.text = trimmed(body);
  if (message.text.ends_with('.')) message.text.pop_back();
  return message;
}

// The number behind `mark`, with the rest of the text; 0 if there is none.
std::int64_t number_behind(std::string_view* text, std::string_view mark) {
  const std::size_t at = text->find(mark);
  if (at == std::string_view::npos) return 0;
  std::int64_t number = 0;
  const auto* end = text->data() + text->size();
  const auto [behind, failure] = std::from_chars(text->data() + at + mark.size(), end, number);
  text->remove_prefix(static_cast<std::size_t>(behind - text->data()));
  return failure == std::errc() ? number : 0;
}

void find_place(std::string_view text, Failure* failure) {
  failure->position = number_behind(&text, "failed at position ");
  failure->line = number_behind(&text, "(line ");
  if (failure->line > 0) failure->column = number_behind(&text, ", col ");
}

void apply(std::int64_t number, ErrorDetails* details) {
  const auto* found = std::find_if(std::begin(kMeanings), std::end(kMeanings),
                                   [&](const Meaning& entry) { return entry.number == number; });
  if (found == std::end(kMeanings)) return;
  details->code = found->code;
  details->retryable = found->retryable;
  details->hint = found->hint;
}

Failure lost(const Answer& answer, const std::vector<std::string>& secrets) {
  Failure failure;
  failure.details.code = ErrorCode::connection;
  failure.details.message =
      std::string(answer.unsent ? "the server cannot be reached: "
                                : "the connection to the server was lost: ") +
      redact(answer.given_up ? "no answer was waited for any longer" : answer.trouble, secrets);
  failure.details.hint = kRunAgain;
  failure.details.retryable = true;
  return failure;
}

}  // namespace

bool has_failed(const Answer& answer) {
  constexpr long kGood = 200;
  return answer.failure != 0 || answer.given_up || answer.status != kGood || answer.exception != 0;
}

Failure failure_of(const Answer& answer, const std::vector<std::string>& secrets) {
  if (answer.failure != 0 || answer.given_up) return lost(answer, secrets);
  Failure failure;
  ErrorDetails& details = failure.details;
  Message message = message_of(answer.body);
  details.code = ErrorCode::sql;
  details.native_code = answer.exception != 0 ? answer.exception : message.number;
  if (details.native_code == 0) {
    // Of no server of ClickHouse, but of what stands before it.
    details.code = ErrorCode::connection;
    details.retryable = answer.status >= 500;
    details.message = "the answer is status " + std::to_string(answer.status) +
                      " and no error of ClickHouse" +
                      (message.text.empty() ? "" : ": " + message.text.substr(0, 200));
    details.message = redact(std::move(details.message), secrets);
    details.hint = "check that host and port are those of ClickHouse's HTTP interface";
    return failure;
  }
  if (details.native_code == kSyntax) find_place(message.text, &failure);
  details.message = redact(std::move(message.text), secrets) + " (code " +
                    std::to_string(details.native_code) + ")";
  apply(details.native_code, &details);
  return failure;
}

}  // namespace gander::driver::clickhouse
