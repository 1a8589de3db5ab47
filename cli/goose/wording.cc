// SPDX-License-Identifier: MIT
#include "cli/goose/wording.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "cli/advice.h"
#include "src/source/file_name.h"

namespace gander::cli::goose {
namespace {

// Length of the UTF-8 sequence at the front of `text`, 0 when it is not one.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
  if (lead == 0xED && byte(1) > 0x9F) return 0;  // surrogate
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

std::string hex_escape(unsigned char byte) {
  char buffer[8];
  std::snprintf(buffer, sizeof buffer, "\\x%02x", byte);
  return buffer;
}

std::string quoted_ascii(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\a':
      return "\\a";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\v':
      return "\\v";
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F ? hex_escape(byte) : std::string(1, c);
}

// Go prints blanks other than the plain one, and marks without a glyph, as escapes.
std::string quoted_sequence(std::string_view sequence) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kEscaped{{
      {"\u00a0", "\\u00a0"},
      {"\u00ad", "\\u00ad"},
      {"\u2028", "\\u2028"},
      {"\u2029", "\\u2029"},
      {"\u200b", "\\u200b"},
      {"\u3000", "\\u3000"},
      {"\ufeff", "\\ufeff"},
      {"\u202f", "\\u202f"},
  }};
  for (const auto& [text, escape] : kEscaped) {
    if (sequence == text) return std::string(escape);
  }
  return std::string(sequence);
}

std::string trimmed_fraction(std::int64_t value, std::int64_t unit) {
  std::string text = std::to_string(value / unit);
  std::string fraction = std::to_string(unit + value % unit).substr(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return fraction.empty() ? text : text + "." + fraction;
}

// sqlite3_errstr() of the primary result codes that reach users.
std::string_view sqlite_class(std::int64_t code) {
  switch (code & 0xFF) {
    case 1:
      return "SQL logic error";
    case 3:
      return "access permission denied";
    case 4:
      return "query aborted";
    case 5:
      return "database is locked";
    case 6:
      return "database table is locked";
    case 7:
      return "out of memory";
    case 8:
      return "attempt to write a readonly database";
    case 9:
      return "interrupted";
    case 10:
      return "disk I/O error";
    case 11:
      return "database disk image is malformed";
    case 13:
      return "database or disk is full";
    case 14:
      return "unable to open database file";
    case 17:
      return "database schema has changed";
    case 18:
      return "string or blob too big";
    case 19:
      return "constraint failed";
    case 20:
      return "datatype mismatch";
    case 21:
      return "bad parameter or other API misuse";
    case 23:
      return "authorization denied";
    case 26:
      return "file is not a database";
    default:
      return "unknown error";
  }
}

// The database's complaint as goose's drivers print it (modernc.org/sqlite, jackc/pgx,
// go-sql-driver/mysql).
std::string database_error(const ErrorDetails& details) {
  if (!details.sqlstate.empty() && details.native_code != 0) {
    return "Error " + std::to_string(details.native_code) + " (" + details.sqlstate +
           "): " + details.message;
  }
  if (!details.sqlstate.empty()) {
    return "ERROR: " + details.message + " (SQLSTATE " + details.sqlstate + ")";
  }
  if (details.code == ErrorCode::interrupted && details.message.starts_with("the time limit")) {
    return "context deadline exceeded";
  }
  if (details.native_code == 0) return details.message;
  const std::string_view kind = sqlite_class(details.native_code);
  std::string text = details.message;
  if (!text.ends_with(kind)) text = std::string(kind) + ": " + text;
  return text + " (" + std::to_string(details.native_code) + ")";
}

// Failures that goose does not know come with the advice of the library.
std::string with_hint(const ErrorDetails& details, std::string text) {
  switch (details.code) {
    case ErrorCode::sql:
    case ErrorCode::out_of_order:
    case ErrorCode::not_found:
    case ErrorCode::interrupted:
    case ErrorCode::invalid_migration:
      return text;
    default:
      return details.hint.empty() ? text : text + " (" + advice(details.hint) + ")";
  }
}

std::string base_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

}  // namespace

std::string go_quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      out += hex_escape(static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    out += length == 1 ? quoted_ascii(text.front()) : quoted_sequence(text.substr(0, length));
    text.remove_prefix(length);
  }
  return out + "\"";
}

std::string go_duration(std::chrono::nanoseconds duration) {
  constexpr std::int64_t kMicro = 1'000, kMilli = 1'000'000, kSecond = 1'000'000'000;
  std::int64_t count = duration.count();
  const std::int64_t step = count > kSecond  ? 10 * kMilli
                            : count > kMilli ? 10 * kMicro
                            : count > kMicro ? 10
                                             : 1;
  count = (count + step / 2) / step * step;
  if (count == 0) return "0s";
  if (count < kMicro) return std::to_string(count) + "ns";
  if (count < kMilli) return trimmed_fraction(count, kMicro) + "\u00b5s";
  if (count < kSecond) return trimmed_fraction(count, kMilli) + "ms";
  std::string text;
  const std::int64_t minutes = count / (60 * kSecond);
  if (minutes >= 60) text += std::to_string(minutes / 60) + "h";
  if (minutes > 0) text += std::to_string(minutes % 60) + "m";
  return text + trimmed_fraction(count % (60 * kSecond), kSecond) + "s";
}

std::string shown_statement(std::string_view sql) {
  std::string out;
  while (!sql.empty()) {
    const std::size_t end = sql.find('\n');
    const std::string_view line = sql.substr(0, end);
    if (!line.empty() && !line.starts_with("--")) {
      out += line;
      if (end != std::string_view::npos) out += '\n';
    }
    if (end == std::string_view::npos) break;
    sql.remove_prefix(end + 1);
  }
  return out;
}

std::string log_line(std::string_view text) {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y/%m/%d %H:%M:%S ", &local);
  std::string line = stamp + std::string(text);
  if (!line.ends_with('\n')) line += '\n';
  return line;
}

std::string status_time(std::string_view stored) {
  const std::string text(stored);
  std::tm time{};
  if (std::sscanf(text.c_str(), "%4d-%2d-%2d%*1[ T]%2d:%2d:%2d", &time.tm_year, &time.tm_mon,
                  &time.tm_mday, &time.tm_hour, &time.tm_min, &time.tm_sec) != 6) {
    return text;
  }
  time.tm_year -= 1900;
  time.tm_mon -= 1;
  timegm(&time);  // fills in the day of the week
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%s %s %2d %02d:%02d:%02d %d",
                kDays[static_cast<std::size_t>(time.tm_wday)],
                kMonths[static_cast<std::size_t>(time.tm_mon)], time.tm_mday, time.tm_hour,
                time.tm_min, time.tm_sec, time.tm_year + 1900);
  return buffer;
}

std::string located(const Error& error) {
  const ErrorDetails& details = error.details();
  std::string text = details.file;
  if (!text.empty() && details.line > 0) {
    text += ":" + std::to_string(details.line);
    if (details.column > 0) text += ":" + std::to_string(details.column);
  }
  return text.empty() ? details.message : text + ": " + details.message;
}

std::string run_error(const Error& error) {
  const ErrorDetails& details = error.details();
  if (details.code == ErrorCode::out_of_order) return "error: " + details.message;
  if (details.file.empty()) return with_hint(details, database_error(details));
  if (details.file.ends_with(".go")) {
    return "ERROR " + details.file +
           ": failed to run Go migration: Go functions must be registered and built into a custom "
           "binary (see https://github.com/pressly/goose/tree/master/examples/go-migrations)";
  }
  std::string text = "ERROR " + base_name(details.file) + ": ";
  if (details.code == ErrorCode::invalid_migration) {
    return text + "failed to parse SQL migration file: " + located(error);
  }
  text += "failed to run SQL migration: ";
  if (!details.sql.empty()) {
    text += "failed to execute SQL query " + go_quoted(shown_statement(details.sql)) + ": ";
  }
  return with_hint(details, text + database_error(details));
}

std::string name_defect(std::string_view base_name) {
  const source::FileName name = source::parse_file_name(base_name);
  const std::size_t underscore = base_name.find('_');
  if (underscore == std::string_view::npos || name.defect.ends_with("greater than zero")) {
    return name.defect;
  }
  const bool range = name.defect.ends_with("out of range");
  return "failed to parse version from migration file: " + std::string(base_name) +
         ": strconv.ParseInt: parsing " + go_quoted(base_name.substr(0, underscore)) +
         (range ? ": value out of range" : ": invalid syntax");
}

std::string list_error(const Error& error, const std::string& directory) {
  const ErrorDetails& details = error.details();
  if (details.code == ErrorCode::usage ||
      details.message.find("directory does not exist") != std::string::npos) {
    return directory + " directory does not exist";
  }
  if (details.code == ErrorCode::not_found) return "no migration files found";
  const std::string base = base_name(details.file);
  if (details.version == 0 && base.ends_with(".sql") &&
      source::parse_file_name(base).version == 0) {
    return "could not parse SQL migration file " + go_quoted(details.file) + ": " +
           name_defect(base);
  }
  return located(error);
}

}  // namespace gander::cli::goose
