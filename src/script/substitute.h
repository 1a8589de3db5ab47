// SPDX-License-Identifier: MIT
// Variable substitution (`-- +goose ENVSUB ON`) of one line, as goose v3.30.1 does it:
//
//   $NAME ${NAME}             the value; nothing when unset
//   ${NAME:-word} ${NAME-word}     word instead of one that is empty or unset (`-`: unset)
//   ${NAME:+word} ${NAME+word}     word instead of one that is there, else nothing
//   ${NAME:?word} ${NAME?word}     an error that says word instead of one that is not
//   ${#NAME}                  how many characters it has
//   ${NAME:offset:length}     some of its characters; below 0: counted from the end
//
// `\$` and `$$` give a dollar, `\\` stays; `\}` is a brace within a word. Any other `$` is text.
// Values are not scanned again. Bytes that are not UTF-8 count as one character each and stay.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/script/reader.h"

namespace gander::script {

struct SubstitutionFailure {
  std::string cause;       // holds no value
  std::size_t offset = 0;  // in the line, of the `$` that failed
};

// [begin, end) of the result stands for [source_begin, source_end) of the line.
struct Replacement {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t source_begin = 0;
  std::size_t source_end = 0;
};

struct SubstitutedLine {
  std::string text;
  std::vector<Replacement> replacements;  // in order; between them the two are equal
};

// False if substitute() would give the line back unchanged.
bool needs_substitution(std::string_view line);

// Replaces `*out`, and tells `variables.used` of the values that went into it.
std::optional<SubstitutionFailure> substitute(std::string_view line, const Variables& variables,
                                              SubstitutedLine* out);

}  // namespace gander::script
