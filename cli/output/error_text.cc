// SPDX-License-Identifier: MIT
#include "cli/output/error_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/advice.h"
#include "cli/output/text.h"

namespace gander::cli {
namespace {

std::string place_text(const ErrorDetails& details) {
  if (details.file.empty()) return {};
  std::string text = printable(details.file);
  if (details.line > 0) text += fmt::format(":{}", details.line);
  if (details.line > 0 && details.column > 0) text += fmt::format(":{}", details.column);
  return text + ": ";
}

// The line with a caret under `column`, which counts bytes. A long line is cut to the part around
// the column.
std::string source_text(const ErrorDetails& details, const Terminal& terminal) {
  constexpr std::size_t kBefore = 60;
  constexpr std::size_t kMost = 140;
  std::string_view line = details.source_line;
  while (line.ends_with('\r')) line.remove_suffix(1);
  std::size_t column = details.column > 0 ? static_cast<std::size_t>(details.column - 1) : 0;
  column = std::min(column, line.size());
  std::size_t skipped = 0;
  const auto inside_character = [&](std::size_t at) {
    return at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80;
  };
  if (line.size() > kMost && column > kBefore) {
    skipped = column - kBefore;
    while (inside_character(skipped)) --skipped;
  }
  std::size_t end = std::min(line.size(), skipped + kMost);
  while (inside_character(end)) ++end;

  const std::string shown = printable(line.substr(skipped, end - skipped));
  const int caret = display_width(printable(line.substr(skipped, column - skipped)));
  const std::string number = fmt::format("{}", details.line);
  std::string text = fmt::format("  {} | {}\n", paint(terminal, Color::dim, number), shown);
  if (details.column > 0) {
    text += fmt::format("  {:{}} | {:{}}{}\n", "", number.size(), "", caret,
                        paint(terminal, Color::red, "^"));
  }
  return text;
}

std::string code_text(const ErrorDetails& details) {
  std::string text;
  if (details.statement > 0) text += fmt::format("statement {}", details.statement);
  const auto add = [&](std::string_view what, const auto& code) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", what, code);
  };
  if (details.native_code != 0) add("database error", details.native_code);
  if (!details.sqlstate.empty()) add("SQLSTATE", details.sqlstate);
  return text;
}

// The first lines of the statement, where there is no source line to show instead.
std::string statement_text(const ErrorDetails& details) {
  constexpr int kMostLines = 6;
  std::string text;
  std::string_view sql = details.sql;
  for (int i = 0; i < kMostLines && !sql.empty(); ++i) {
    const std::size_t end = std::min(sql.find('\n'), sql.size());
    text += fmt::format("  | {}\n", printable(sql.substr(0, end)));
    sql.remove_prefix(std::min(end + 1, sql.size()));
  }
  return sql.empty() ? text : text + "  | ...\n";
}

std::string indented(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    result += fmt::format("  {}\n", printable(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

}  // namespace

std::string error_text(const ErrorDetails& details, const Terminal& terminal) {
  return labelled_text(details, terminal, "error:", Color::red);
}

std::string labelled_text(const ErrorDetails& details, const Terminal& terminal,
                          std::string_view label, Color color) {
  std::string text =
      paint(terminal, color, label) + " " +
      paint(terminal, Color::bold, place_text(details) + printable(details.message, true)) + "\n";
  if (!details.source_line.empty() && details.line > 0) {
    text += source_text(details, terminal);
  } else {
    text += statement_text(details);
  }
  text += indented(code_text(details));
  text += indented(details.detail);
  if (!details.hint.empty()) {
    text += fmt::format("  {} {}\n", paint(terminal, Color::cyan, "try:"),
                        printable(advice(details.hint), true));
  }
  return text;
}

}  // namespace gander::cli
