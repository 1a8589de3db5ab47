// SPDX-License-Identifier: MIT
// Pattern: how the statements begin that a project's own rule is about. See LintPattern.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/sql/lexical.h"
#include "src/sql/scanner.h"

namespace gander::linting {

class Pattern {
 public:
  // Throws Error(usage) for one that is empty or begins with `...`.
  Pattern(const sql::LexicalRules& rules, std::string_view text);

  // Where in a text of these tokens, which may hold several statements, those begin that match.
  std::vector<std::size_t> find(std::span<const sql::Token> tokens) const;

 private:
  struct Piece {
    enum class Kind { words, any_one, any_number };
    Kind kind = Kind::words;
    std::vector<std::string> words = {};  // either of them; in lower case
  };

  std::vector<Piece> pieces_;
};

}  // namespace gander::linting
