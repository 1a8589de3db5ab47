// SPDX-License-Identifier: MIT
// Fuzz target for the script reader. The first byte chooses the grammar ('0' SQLite, '1'
// PostgreSQL, '2' MySQL, '3' ClickHouse), the second the sizes of window, reads and pieces; the
// rest is the script.
//
// Holds for every script: no crash and no hang; places lie within the file and, where nothing was
// substituted or left out, name the very bytes; window and pieces do not change the result; the
// error names a line of the file and what to do.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "src/script/test_dump.h"

namespace {

using namespace gander;          // NOLINT(google-build-using-namespace)
using namespace gander::script;  // NOLINT(google-build-using-namespace)

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

// The lines of the script as the reader counts them.
class Lines {
 public:
  explicit Lines(std::string_view script) {
    if (script.substr(0, 3) == "\xEF\xBB\xBF") script.remove_prefix(3);
    while (!script.empty()) {
      std::size_t end = std::min(script.find('\n'), script.size());
      std::string_view line = script.substr(0, end);
      script.remove_prefix(std::min(end + 1, script.size()));
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      lines_.push_back(line);
    }
  }

  bool contains(Place place) const {
    if (place.line < 1 || place.column < 1) return false;
    auto line = static_cast<std::size_t>(place.line);
    // An empty script has a first line all the same.
    if (line > lines_.size()) return line == 1 && place.column == 1;
    return static_cast<std::size_t>(place.column) <= lines_[line - 1].size() + 1;
  }

  std::string_view at(Place place) const {
    std::string_view line = lines_[static_cast<std::size_t>(place.line) - 1];
    return line.substr(static_cast<std::size_t>(place.column) - 1);
  }

 private:
  std::vector<std::string_view> lines_;
};

void check_error(const ErrorDetails& error, const Lines& lines, bool substituting) {
  require(error.code == ErrorCode::invalid_migration, "the error's code");
  require(!error.message.empty() && !error.hint.empty(), "an error says what to do");
  require(error.file == "1_test.sql", "an error names the file");
  // A substituted line may be longer than the line in the file.
  if (!substituting) require(lines.contains({error.line, error.column}), "the error's place");
}

void check_places(std::string_view script, const ReadOptions& options) {
  Lines lines(script);
  std::string folded(script);
  for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  bool substituting = folded.find("envsub") != std::string::npos;
  auto input = string_input(script);
  Splitter splitter(*input, options, std::nullopt);
  Statement statement;
  std::int64_t read = 0;
  try {
    while (splitter.next(&statement)) {
      require(statement.bytes_read >= read, "progress does not go back");
      read = statement.bytes_read;
      require(read <= static_cast<std::int64_t>(script.size()), "progress stays in the file");
      require(statement.number > 0, "statements are numbered");
      if (substituting || statement.anchors.size() != 1) continue;
      for (std::size_t offset : {std::size_t{0}, statement.text.size() / 2}) {
        Place place = statement.place(offset);
        require(lines.contains(place), "a statement's place");
        std::string_view rest = statement.text.substr(offset);
        rest = rest.substr(0, rest.find('\n'));
        require(lines.at(place).substr(0, rest.size()) == rest, "a place names its bytes");
      }
    }
  } catch (const Error& error) {
    check_error(error.details(), lines, substituting);
    return;
  }
  for (Direction direction : {Direction::up, Direction::down}) {
    const auto& error = splitter.section_error(direction);
    if (error) check_error(*error, lines, substituting);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  auto grammar = static_cast<Grammar>(data[0] % 4);
  std::size_t sizes = data[1];
  std::string_view script(reinterpret_cast<const char*>(data) + 2, size - 2);
  ReadOptions options = test_options(grammar, {{"A", "value"}, {"B", ""}, {"C", "; '"}});

  check_places(script, options);
  std::string whole = dump(script, options);
  Limits small{8 + sizes % 16 * 13, 1 + sizes / 16 * 9};
  require(dump(script, options, small, 1 + sizes % 7) == whole, "sizes do not matter");
  return 0;
}
