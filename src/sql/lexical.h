// SPDX-License-Identifier: MIT
// LexicalRules: how the text of one database is cut into tokens, as data. What stands here by
// default holds in every database. The lexer and the scanner go by the functions below, which tell
// what begins at a place.
//
// An engine has its rules in its own folder. They are a value because a statement may change them
// for those behind it: see LexicalState.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace gander::sql {

// $tag$ ... $tag$
enum class DollarQuotes : std::uint8_t {
  none,
  names,  // the tag is a name: it begins with no digit, and any letter may be in it
  words,  // letters and digits of ASCII
};

// # ...
enum class HashComments : std::uint8_t {
  none,
  all,
  marked,  // with a blank or a `!` behind the `#`
};

struct LexicalRules {
  // The bytes that open a quote, out of ' " ` [. It ends with the same byte, which is doubled
  // inside; `[` ends with `]`, which cannot be.
  std::string_view quotes = "'\"";
  std::string_view names = "\"";      // those of them that quote a name and no text
  std::string_view backslashes = {};  // those in which a backslash escapes the byte behind it
  bool escape_strings = false;        // E'...' has backslashes, and the part on a later line too
  DollarQuotes dollar_quotes = DollarQuotes::none;

  bool nested_comments = false;      // /* /* */ */
  bool dashes_need_blank = false;    // 1--1 is no comment
  bool slash_comments = false;       // `//`
  bool executable_comments = false;  // /*!50100 and /*M!100100 begin code
  HashComments hash_comments = HashComments::none;

  bool text_ends_comment = false;    // a comment need not be closed at the end of the file
  bool text_ends_statement = false;  // the last statement of a section needs no `;`

  friend bool operator==(const LexicalRules&, const LexicalRules&) = default;
};

// The rules in force, and what is remembered of the statements so far: values of settings by their
// names, as the engine writes them.
struct LexicalState {
  LexicalRules rules;
  std::map<std::string, std::string, std::less<>> settings = {};
};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Of a plain name, `$` apart.
constexpr bool is_name_byte(char c) {
  const char folded = static_cast<char>(c | 0x20);
  return (folded >= 'a' && folded <= 'z') || is_digit(c) || c == '_' ||
         static_cast<signed char>(c) < 0;
}

constexpr bool is_tag_byte(const LexicalRules& rules, char c) {
  const bool ascii = static_cast<signed char>(c) >= 0;
  return is_name_byte(c) && (ascii || rules.dollar_quotes == DollarQuotes::names);
}

// A loop, for these are two or three bytes.
constexpr bool has(std::string_view bytes, char c) {
  return std::any_of(bytes.begin(), bytes.end(), [c](char byte) { return byte == c; });
}

// So many bytes decide about a comment: /*M!100100 with room to spare.
inline constexpr std::size_t kLookahead = 16;

enum class Comment : std::uint8_t { none, line, block, executable };

// No server is as new as this, or as what begins with it.
inline constexpr int kNoVersion = 99999;

// Behind the /*!50100 or /*M!100100 that stands at `at`; `at` where there is none, or one that no
// server takes for code.
constexpr std::size_t executable_begin(std::string_view text, std::size_t at) {
  std::size_t next = at + 2;
  if (next < text.size() && text[next] == 'M') ++next;
  if (next >= text.size() || text[next] != '!') return at;
  int version = 0;
  for (++next; next < text.size() && is_digit(text[next]); ++next) {
    if (version < kNoVersion) version = version * 10 + (text[next] - '0');
  }
  return version == kNoVersion ? at : next;
}

// The comment that begins at `at`, where all the bytes are at hand that decide about it.
constexpr Comment comment_at(const LexicalRules& rules, std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t offset) {
    return at + offset < text.size() ? text[at + offset] : '\0';
  };
  switch (byte(0)) {
    case '-':
      if (byte(1) != '-') break;
      if (rules.dashes_need_blank && static_cast<unsigned char>(byte(2)) > ' ') break;
      return Comment::line;
    case '#':
      if (rules.hash_comments == HashComments::none) break;
      if (rules.hash_comments == HashComments::marked && byte(1) != ' ' && byte(1) != '!') break;
      return Comment::line;
    case '/':
      if (byte(1) == '/' && rules.slash_comments) return Comment::line;
      if (byte(1) != '*') break;
      return rules.executable_comments && executable_begin(text, at) != at ? Comment::executable
                                                                           : Comment::block;
    default:
      break;
  }
  return Comment::none;
}

// Is the quote at `at` that of E'...'?
constexpr bool is_escape_string(const LexicalRules& rules, std::string_view text, std::size_t at) {
  if (!rules.escape_strings || at == 0 || (text[at - 1] | 0x20) != 'e') return false;
  return at == 1 || (!is_name_byte(text[at - 2]) && text[at - 2] != '$');
}

// A string that ended at `end`, 0 if none did, is continued by the quote at `at`: only blanks and
// comments stand between, and a line end is among them.
bool continues_string(std::string_view text, std::size_t end, std::size_t at);

// Behind the tag of the dollar quote that begins at `at`, `$` included; `at` where none does.
constexpr std::size_t dollar_tag_end(const LexicalRules& rules, std::string_view text,
                                     std::size_t at) {
  if (rules.dollar_quotes == DollarQuotes::none) return at;
  // `a$b$` is a name, `$1` is a parameter.
  if (at > 0 && (is_name_byte(text[at - 1]) || text[at - 1] == '$')) return at;
  std::size_t end = at + 1;
  const bool digits = rules.dollar_quotes == DollarQuotes::words;
  if (end < text.size() && is_digit(text[end]) && !digits) return at;
  while (end < text.size() && is_tag_byte(rules, text[end])) ++end;
  return end < text.size() && text[end] == '$' ? end + 1 : at;
}

// Behind the block comment that begins at `at`.
std::size_t block_comment_end(const LexicalRules& rules, std::string_view text, std::size_t at);

// Behind the quote whose opening byte stands at `at`.
std::size_t quote_end(std::string_view text, std::size_t at, bool backslashes);

// ASCII case folding; `upper` is in upper case.
constexpr bool equals_keyword(std::string_view word, std::string_view upper) {
  return word.size() == upper.size() &&
         std::equal(word.begin(), word.end(), upper.begin(), [](char a, char b) {
           return (a >= 'a' && a <= 'z' ? static_cast<char>(a - ('a' - 'A')) : a) == b;
         });
}

}  // namespace gander::sql
