// SPDX-License-Identifier: MIT
// Annotations: the seven `-- +goose` lines. read_annotation() is the entry point; what an
// annotation does to a script is the splitter's business.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gander::script {

enum class Annotation {
  none,  // the line is not an annotation
  up,
  down,
  statement_begin,
  statement_end,
  no_transaction,
  envsub_on,
  envsub_off,
  bad,  // meant as one, but not understood
};

struct AnnotationLine {
  Annotation annotation = Annotation::none;
  // For `bad` only.
  std::string message;
  std::string hint;
  std::size_t column = 1;  // 1-based, in bytes
};

// `line` comes without its line end. A comment that merely mentions +goose is `none`.
AnnotationLine read_annotation(std::string_view line);

}  // namespace gander::script
