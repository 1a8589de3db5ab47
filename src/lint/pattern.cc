// SPDX-License-Identifier: MIT
#include "src/lint/pattern.h"

#include <algorithm>
#include <span>
#include <utility>

#include "gander/error.h"
#include "src/sql/scanner.h"

namespace gander::linting {
namespace {

using sql::Token;

std::string lower(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return folded;
}

// As it is compared: a text in quotes keeps its letters.
std::string spelled(const Token& token) {
  return token.kind == Token::Kind::word ? lower(token.text) : std::string(token.text);
}

bool is_dots(std::span<const Token> tokens) {
  return tokens.size() >= 3 && tokens[0].is('.') && tokens[1].is('.') && tokens[2].is('.');
}

}  // namespace

Pattern::Pattern(const sql::LexicalRules& rules, std::string_view text) {
  const std::vector<Token> tokens = sql::tokens_of(rules, text);
  bool either = false;  // behind a `|`
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (is_dots(std::span(tokens).subspan(i))) {
      pieces_.push_back({Piece::Kind::any_number});
      i += 2;
    } else if (tokens[i].is('*')) {
      pieces_.push_back({Piece::Kind::any_one});
    } else if (tokens[i].is('|') && !pieces_.empty() && i + 1 < tokens.size()) {
      either = true;
    } else if (std::exchange(either, false)) {
      pieces_.back().words.push_back(spelled(tokens[i]));
    } else {
      pieces_.push_back({Piece::Kind::words, {spelled(tokens[i])}});
    }
  }
  if (pieces_.empty() || pieces_.front().kind == Piece::Kind::any_number) {
    throw Error(ErrorCode::usage,
                "\"" + std::string(text) + "\" does not say how a statement begins",
                "begin it with a word: create table ... serial");
  }
}

std::vector<std::size_t> Pattern::find(std::span<const Token> tokens) const {
  // Each number of pieces that the tokens so far can have matched, as a set of places: `...` keeps
  // its own.
  const auto matches = [&](std::span<const Token> statement) {
    std::vector<bool> at(pieces_.size() + 1, false);
    at[0] = true;
    const auto pass_dots = [&] {
      for (std::size_t i = 0; i < pieces_.size(); ++i) {
        if (at[i] && pieces_[i].kind == Piece::Kind::any_number) at[i + 1] = true;
      }
    };
    pass_dots();
    for (const Token& token : statement) {
      if (at.back()) return true;
      std::vector<bool> next(at.size(), false);
      for (std::size_t i = 0; i < pieces_.size(); ++i) {
        if (!at[i]) continue;
        switch (pieces_[i].kind) {
          case Piece::Kind::any_number:
            next[i] = true;
            break;
          case Piece::Kind::any_one:
            next[i + 1] = true;
            break;
          case Piece::Kind::words:
            if (std::ranges::find(pieces_[i].words, spelled(token)) != pieces_[i].words.end()) {
              next[i + 1] = true;
            }
            break;
        }
      }
      at = std::move(next);
      pass_dots();
    }
    return static_cast<bool>(at.back());
  };
  std::vector<std::size_t> found;
  for (std::size_t begin = 0; begin < tokens.size();) {
    std::size_t end = begin;
    while (end < tokens.size() && !tokens[end].is(';')) ++end;
    if (end > begin && matches(tokens.subspan(begin, end - begin))) {
      found.push_back(tokens[begin].offset);
    }
    begin = end + 1;
  }
  return found;
}

}  // namespace gander::linting
