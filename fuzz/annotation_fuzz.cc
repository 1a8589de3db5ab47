// SPDX-License-Identifier: MIT
// Fuzz target for annotation lines; the input is one line.
//
// Holds for every line: no crash; only a comment that names +goose is an annotation; blanks at its
// end and the case of its keyword make no difference; a refusal says what to do and points into the
// line.
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/require.h"
#include "src/script/annotation.h"
#include "src/sql/space.h"

using gander::fuzz::require;
using gander::script::Annotation;
using gander::script::AnnotationLine;
using gander::script::read_annotation;

namespace {

std::string with_keyword_folded(std::string_view line) {
  std::string folded(line);
  const std::size_t marker = line.find("+goose");
  for (std::size_t i = marker + 6; i < folded.size(); ++i) {
    if (folded[i] >= 'A' && folded[i] <= 'Z') folded[i] = static_cast<char>(folded[i] + 32);
  }
  return folded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view line = gander::fuzz::text_of(data, size);
  line = line.substr(0, line.find('\n'));
  const AnnotationLine found = read_annotation(line);
  if (found.annotation == Annotation::none) return 0;

  require(gander::sql::trim_start(line).starts_with("--"), "an annotation is a comment");
  require(line.find("+goose") != std::string_view::npos, "an annotation names its marker");
  require(read_annotation(std::string(line) + " \t\r").annotation == found.annotation,
          "blanks at the end make no difference");
  if (found.annotation != Annotation::bad) {
    require(read_annotation(with_keyword_folded(line)).annotation == found.annotation,
            "case makes no difference");
    require(line.front() == '-' || static_cast<signed char>(line.front()) < 0 ||
                line.front() == '\v' || line.front() == '\f' || line.front() == '\r',
            "an indented line is refused");
    return 0;
  }
  require(!found.message.empty() && !found.hint.empty(), "a refusal says what to do");
  require(found.column >= 1 && found.column <= line.size() + 1, "a refusal points into the line");
  return 0;
}
