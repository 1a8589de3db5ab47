// SPDX-License-Identifier: MIT
#include "src/lint/allow.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "src/sql/scanner.h"

namespace gander::linting {
namespace {

constexpr std::string_view kMark = "gander:allow";
constexpr std::string_view kAnnotation = "-- +goose";

// What stands further on in a line is data.
constexpr std::size_t kLongestLine = 64 * 1024;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

// Behind the `--` and the mark; npos if the line has none.
std::size_t behind_mark(std::string_view line) {
  for (std::size_t at = line.find(kMark); at != std::string_view::npos;
       at = line.find(kMark, at + 1)) {
    // Not `gander:allow-child-changes`, which is about a run.
    const std::size_t behind = at + kMark.size();
    const bool ends = behind == line.size() || line.find_first_of(" \t\r", behind) == behind;
    if (ends && trimmed(line.substr(0, at)).ends_with("--")) return behind;
  }
  return std::string_view::npos;
}

class Finder {
 public:
  void take(std::string_view text) {
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      append(text.substr(0, end));
      end_line();
      text.remove_prefix(end + 1);
    }
    append(text);
  }
  std::vector<Allow> finish() {
    end_line();
    return std::move(found_);
  }

 private:
  void append(std::string_view text) {
    line_ += text.substr(0, kLongestLine - std::min(line_.size(), kLongestLine));
  }

  void end_line() {
    ++number_;
    if (trimmed(line_).starts_with(kAnnotation)) annotated_ = true;
    const std::size_t at = behind_mark(line_);
    if (at != std::string_view::npos) read(std::string_view(line_).substr(at));
    line_.clear();
  }

  void read(std::string_view text) {
    Allow& allow = found_.emplace_back();
    allow.line = number_;
    allow.whole_file = !annotated_;
    allow.source_line = line_;
    text = trimmed(text);
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    allow.rule = text.substr(0, end);
    allow.reason = trimmed(text.substr(end));
  }

  std::string line_;
  std::int64_t number_ = 0;
  bool annotated_ = false;
  std::vector<Allow> found_;
};

}  // namespace

std::vector<Allow> find_allows(Input& input) {
  Finder finder;
  std::array<char, 1 << 14> buffer;
  while (const std::size_t size = input.read(buffer.data(), buffer.size())) {
    finder.take({buffer.data(), size});
  }
  return finder.finish();
}

// The body of a block that runs is code, and its comments are comments.
void drop_quoted(const sql::LexicalRules& rules, const sql::Statement& unit,
                 std::vector<Allow>* allows) {
  if (allows->empty() || unit.text.find(kMark) == std::string_view::npos) return;
  sql::Scanner scanner(rules, unit.text);
  bool block = false;
  bool first = true;
  for (sql::Token token = scanner.next(); token.kind != sql::Token::Kind::end;
       token = scanner.next()) {
    if (first) block = token.is("do");
    first = token.is(';');
    const bool quoted =
        token.kind == sql::Token::Kind::string || token.kind == sql::Token::Kind::quoted_name;
    if (!quoted || block) continue;
    for (std::size_t at = token.text.find(kMark); at != std::string_view::npos;
         at = token.text.find(kMark, at + 1)) {
      const std::int64_t line = unit.place(token.offset + at).line;
      std::erase_if(*allows, [&](const Allow& allow) { return allow.line == line; });
    }
  }
}

}  // namespace gander::linting
