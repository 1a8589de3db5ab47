// SPDX-License-Identifier: MIT
// Fuzz target for the script reader. The first byte chooses the grammar ('0' SQLite, '1'
// PostgreSQL, '2' MySQL, '3' ClickHouse), the second the sizes of window, reads and pieces; the
// rest is the script.
//
// Holds for every script: no crash and no hang; places lie within the file and name the very bytes;
// no byte is in two statements, and what is in none is blank, a comment, a `;`, an annotation or a
// line for a client program; window and pieces do not change the result; one pass over both
// sections and a pass over each agree; the error names a line of the file and what to do.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.h"
#include "src/base/sha256.h"
#include "src/script/annotation.h"
#include "src/sql/space.h"
#include "tests/support/script_dump.h"

namespace {

using namespace gander;          // NOLINT(google-build-using-namespace)
using namespace gander::script;  // NOLINT(google-build-using-namespace)
using gander::fuzz::require;

constexpr const sql::Grammar* kGrammars[] = {&driver::sqlite::kGrammar, &driver::postgres::kGrammar,
                                             &driver::mysql::kGrammar,
                                             &driver::clickhouse::kGrammar};

// The script as the reader sees it: no byte order mark, and LF for CR LF.
std::string normalised(std::string_view script) {
  if (script.starts_with("\xEF\xBB\xBF")) script.remove_prefix(3);
  std::string out;
  for (std::size_t i = 0; i < script.size(); ++i) {
    const bool pair = script[i] == '\r' && i + 1 < script.size() && script[i + 1] == '\n';
    if (!pair) out += script[i];
  }
  return out;
}

// Annotations are found in any case, and with `--` anywhere in them.
bool mentions(std::string_view script, std::string_view word) {
  std::string folded;
  for (std::size_t i = 0; i < script.size(); ++i) {
    const char c = script[i];
    if (c == '-' && script.substr(i, 2) == "--") {
      ++i;
    } else {
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
  }
  return folded.find(word) != std::string::npos;
}

// The text of a script, and which of its bytes were handed out.
class Text {
 public:
  explicit Text(std::string_view script) : text_(normalised(script)), taken_(text_.size()) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == '\n') starts_.push_back(i + 1);
    }
  }

  const std::string& text() const { return text_; }

  bool contains(sql::Place place) const {
    if (place.line < 1 || place.column < 1) return false;
    const auto line = static_cast<std::size_t>(place.line) - 1;
    if (line >= starts_.size()) return false;
    const std::size_t end = line + 1 < starts_.size() ? starts_[line + 1] - 1 : text_.size();
    return starts_[line] + static_cast<std::size_t>(place.column) - 1 <= end;
  }

  std::size_t offset(sql::Place place) const {
    return starts_[static_cast<std::size_t>(place.line) - 1] +
           static_cast<std::size_t>(place.column) - 1;
  }

  void take(std::size_t at, std::string_view part) {
    require(std::string_view(text_).substr(at, part.size()) == part, "a place names its bytes");
    for (std::size_t i = at; i < at + part.size(); ++i) {
      require(!taken_[i], "no byte is in two statements");
      taken_[i] = true;
    }
  }

  // Nothing that was left out is SQL.
  void check_rest(const sql::LexicalRules& rules) const {
    for (std::size_t at = 0; at < text_.size();) {
      std::size_t end = at;
      while (end < text_.size() && taken_[end] == taken_[at]) ++end;
      if (!taken_[at]) check_left_out(std::string_view(text_).substr(at, end - at), rules);
      at = end;
    }
  }

 private:
  static std::size_t comment_size(std::string_view text, bool nested) {
    int depth = 1;
    std::size_t at = 2;
    while (at < text.size() && depth > 0) {
      // The next section ends a comment that was left open.
      const bool line_start = text[at - 1] == '\n';
      const std::string_view line = text.substr(at, text.find('\n', at) - at);
      const Annotation annotation = read_annotation(line).annotation;
      const bool section = annotation == Annotation::up || annotation == Annotation::down;
      if (line_start && section) return at;
      const std::string_view two = text.substr(at, 2);
      if (two == "*/") --depth;
      if (two == "/*" && nested) ++depth;
      at += two == "*/" || (two == "/*" && nested) ? 2 : 1;
    }
    return std::min(at, text.size());
  }

  static void check_left_out(std::string_view run, const sql::LexicalRules& rules) {
    const bool hashes = rules.hash_comments != sql::HashComments::none;
    while (!run.empty()) {
      const std::size_t blank = sql::space_at_start(run);
      if (blank > 0 || run.front() == ';') {
        run.remove_prefix(std::max<std::size_t>(blank, 1));
      } else if (run.starts_with("--") || run.starts_with("\\") || (hashes && run.front() == '#') ||
                 (rules.slash_comments && run.starts_with("//"))) {
        run.remove_prefix(std::min(run.find('\n'), run.size()));
      } else {
        require(run.starts_with("/*"), "what is in no statement is not SQL");
        run.remove_prefix(comment_size(run, rules.nested_comments));
      }
    }
  }

  std::string text_;
  std::vector<bool> taken_;
  std::vector<std::size_t> starts_;  // of the lines
};

void check_error(const ErrorDetails& error, const Text& text) {
  require(error.code == ErrorCode::invalid_migration, "the error's code");
  require(!error.message.empty() && !error.hint.empty(), "an error says what to do");
  require(error.file == "1_test.sql", "an error names the file");
  require(text.contains({error.line, error.column}), "the error's place");
}

void take_statement(const sql::Statement& statement, Text* text) {
  for (std::size_t i = 0; i < statement.anchors.size(); ++i) {
    const sql::Anchor& anchor = statement.anchors[i];
    const bool last = i + 1 == statement.anchors.size();
    const std::size_t end = last ? statement.text.size() : statement.anchors[i + 1].offset;
    if (end == anchor.offset) continue;
    require(text->contains(anchor.place), "a statement's place");
    text->take(text->offset(anchor.place),
               statement.text.substr(anchor.offset, end - anchor.offset));
  }
}

// What is shown of a statement with variables in it is the file's text.
void take_source(const sql::Statement& statement, Text* text) {
  for (std::size_t i = 0; i < statement.anchors.size(); ++i) {
    const sql::Anchor& anchor = statement.anchors[i];
    const bool last = i + 1 == statement.anchors.size();
    const std::size_t end = last ? statement.source.size() : statement.anchors[i + 1].source;
    require(anchor.source <= end && end <= statement.source.size(), "sources are in order");
    if (end == anchor.source) continue;
    require(text->contains(anchor.place), "the place of a source");
    text->take(text->offset(anchor.place),
               statement.source.substr(anchor.source, end - anchor.source));
  }
}

void check_statements(std::string_view script, const ReadOptions& options) {
  Text text(script);
  const bool substituting = mentions(script, "envsub");
  auto input = string_input(script);
  Splitter splitter(*input, options, std::nullopt);
  sql::Statement statement;
  std::int64_t read = 0;
  try {
    while (splitter.next(&statement)) {
      require(statement.bytes_read >= read, "progress does not go back");
      read = statement.bytes_read;
      require(read <= static_cast<std::int64_t>(script.size()), "progress stays in the file");
      require(statement.number > 0, "statements are numbered");
      statement.source.empty() ? take_statement(statement, &text) : take_source(statement, &text);
    }
  } catch (const Error& error) {
    check_error(error.details(), text);
    return;
  }
  require(splitter.window().checksum() == sha256_hex(text.text()), "the checksum is the text's");
  bool failed = false;
  for (Direction direction : {Direction::up, Direction::down}) {
    const auto& error = splitter.section_error(direction);
    if (error) check_error(*error, text);
    failed = failed || error.has_value();
  }
  if (!failed && !substituting && !mentions(script, "delimiter"))
    text.check_rest(options.grammar->lexical);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const sql::Grammar& grammar = *kGrammars[data[0] % 4];
  std::size_t sizes = data[1];
  std::string_view script(reinterpret_cast<const char*>(data) + 2, size - 2);
  ReadOptions options = test_options(grammar, {{"A", "value"}, {"B", ""}, {"C", "; '"}});

  check_statements(script, options);
  std::string whole = dump(script, options);
  Limits small{8 + sizes % 16 * 13, 1 + sizes / 16 * 9};
  require(dump(script, options, small, 1 + sizes % 7) == whole, "sizes do not matter");
  if (whole.front() == '!') return 0;
  require(read_direction(script, options, Direction::up) + "/" +
                  read_direction(script, options, Direction::down) ==
              whole,
          "a pass over one section finds the same");
  return 0;
}
