// SPDX-License-Identifier: MIT
// goose_text(): one foreign migration as a file that goose, too, reads rightly.
#include <utility>

#include "gander/error.h"
#include "src/base/input.h"
#include "src/foreign/foreign.h"
#include "src/script/reader.h"

namespace gander::source {
namespace {

constexpr std::string_view kOrigin = "-- Imported from ";
constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// goose's rule (docs/compatibility.md): the last word before one that starts with `--` ends with
// `;`.
bool ends_statement_for_goose(std::string_view line) {
  bool ends = false;
  while (!(line = trimmed(line)).empty()) {
    const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
    if (word.starts_with("--")) break;
    ends = word.ends_with(';');
    line.remove_prefix(word.size());
  }
  return ends;
}

// How goose would cut a section without marks; nullopt when it would call it unfinished.
std::optional<std::vector<std::string>> goose_split(std::string_view text) {
  std::vector<std::string> statements;
  std::string buffer;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (buffer.empty() && (line.empty() || trimmed(line).starts_with("--"))) continue;
    buffer += std::string(line) + "\n";
    if (ends_statement_for_goose(line)) {
      statements.emplace_back(trimmed(buffer));
      buffer.clear();
    }
  }
  if (!trimmed(buffer).empty()) return std::nullopt;
  return statements;
}

// How Gander cuts it; nullopt when it cannot.
std::optional<std::vector<std::string>> own_split(const std::string& section,
                                                  const sql::Grammar& grammar) {
  const std::string text = "-- +goose Up\n" + section + "\n";
  const std::unique_ptr<Input> input = string_input(text);
  script::ReadOptions options;
  options.grammar = &grammar;
  std::vector<std::string> statements;
  try {
    script::StatementReader reader(*input, options);
    sql::Statement statement;
    while (reader.next(&statement)) {
      if (!statement.last_piece) return std::nullopt;
      statements.emplace_back(statement.text);
    }
  } catch (const Error&) {
    return std::nullopt;
  }
  return statements;
}

bool has_marks(const std::string& section) {
  return section.find("-- +goose Statement") != std::string::npos;
}

// A section without statements stays empty rather than becoming an empty block.
std::string section_text(const std::string& section, const sql::Grammar& grammar) {
  const std::string body(trimmed(section));
  if (body.empty()) return "";
  if (has_marks(body)) return body + "\n";
  const auto ours = own_split(body, grammar);
  if (ours && ours->empty()) return body + "\n";
  if (ours && ours == goose_split(body)) return body + "\n";
  return "-- +goose StatementBegin\n" + body + "\n-- +goose StatementEnd\n";
}

void refuse_annotations(const std::string& section, const ForeignMigration& migration) {
  std::string_view text = section;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.starts_with("--") && line.find("+goose") != std::string_view::npos &&
        !line.starts_with("-- +goose Statement")) {
      ErrorDetails details;
      details.code = ErrorCode::invalid_migration;
      details.file = migration.files;
      details.source_line = line;
      details.message = "a comment in this file is an annotation in goose's format";
      details.hint = "change the comment, or import the file by hand";
      throw Error(std::move(details));
    }
  }
}

// True when a statement of the file refuses a transaction, or the file begins one of its own.
bool needs_no_transaction(const std::string& text, const sql::Grammar& grammar) {
  const std::unique_ptr<Input> input = string_input(text);
  script::ReadOptions options;
  options.grammar = &grammar;
  try {
    const script::Summary summary = script::scan(*input, options);
    for (const script::Section* section : {&summary.up, &summary.down}) {
      if (script::controls_transaction(section->shape) || section->first_bare) return true;
    }
  } catch (const Error&) {
    return false;  // whoever runs the file is told why
  }
  return false;
}

}  // namespace

std::string goose_text(const ForeignMigration& migration, Tool tool, const sql::Grammar& grammar) {
  refuse_annotations(migration.up, migration);
  refuse_annotations(migration.down, migration);
  const std::string head = std::string(kOrigin) + tool_name(tool) + " " + migration.id + "\n";
  std::string body = "-- +goose Up\n" + section_text(migration.up, grammar);
  if (migration.has_down) body += "\n-- +goose Down\n" + section_text(migration.down, grammar);
  const bool bare = !migration.transactional || needs_no_transaction(body, grammar);
  return head + (bare ? "-- +goose NO TRANSACTION\n" : "") + body;
}

std::optional<std::string> origin_of(std::string_view text, Tool tool) {
  const std::string prefix = std::string(kOrigin) + tool_name(tool) + " ";
  if (!text.starts_with(prefix)) return std::nullopt;
  std::string_view line = text.substr(prefix.size(), text.find('\n') - prefix.size());
  return std::string(trimmed(line));
}

}  // namespace gander::source
