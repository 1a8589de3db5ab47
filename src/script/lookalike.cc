// SPDX-License-Identifier: MIT
#include "src/script/lookalike.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

#include "src/sql/space.h"

namespace gander::script {
namespace {

struct Keyword {
  std::string_view letters;
  std::string_view written;
};

constexpr std::array<Keyword, 7> kKeywords = {{{"up", "Up"},
                                               {"down", "Down"},
                                               {"statementbegin", "StatementBegin"},
                                               {"statementend", "StatementEnd"},
                                               {"notransaction", "NO TRANSACTION"},
                                               {"envsubon", "ENVSUB ON"},
                                               {"envsuboff", "ENVSUB OFF"}}};

// Other tools' words for the two sections.
constexpr std::array<Keyword, 4> kForeign = {
    {{"ups", "Up"}, {"downs", "Down"}, {"undo", "Down"}, {"rollback", "Down"}}};

// sql-migrate, dbmate, rambler, micrate; and what one may take for ours.
constexpr std::array<std::string_view, 7> kTools = {"migrate", "migration", "migrations", "gander",
                                                    "dbmate",  "rambler",   "micrate"};

constexpr std::array<std::string_view, 5> kHeadings = {"down", "downs", "downmigration",
                                                       "migrationdown", "createabovedropbelow"};

constexpr const char* kDown = "-- +goose Down";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

// Bytes at the start of `text` that nobody sees or that only mark a comment; 0 if there are none.
std::size_t mark_at_start(std::string_view text) {
  if (text.empty()) return 0;
  if (static_cast<signed char>(text.front()) >= 0) {
    const bool mark = std::string_view("-#/*!").find(text.front()) != std::string_view::npos;
    return mark || sql::is_ascii_space(text.front()) ? 1 : 0;
  }
  if (std::size_t space = sql::space_at_start(text)) return space;
  // Byte order mark; zero-width space, joiners; hyphen to horizontal bar, as editors make of `--`.
  for (std::string_view mark : {"\xEF\xBB\xBF", "\xE2\x80\x8B", "\xE2\x80\x8C", "\xE2\x80\x8D",
                                "\xE2\x81\xA0", "\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x92",
                                "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x80\x95", "\xE2\x88\x92"}) {
    if (text.substr(0, mark.size()) == mark) return mark.size();
  }
  return 0;
}

void skip_marks(std::string_view* text) {
  while (std::size_t n = mark_at_start(*text)) text->remove_prefix(n);
}

// The first letters of all that is looked for.
bool may_begin_word(char c) {
  return std::string_view("cdegmnrsu").find(lower(c)) != std::string_view::npos;
}

std::string letters_of(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (is_letter(c)) out += lower(c);
  }
  return out;
}

// True if `text` holds letters and what may stand between them in an annotation, but no digits and
// no other signs, which prose and SQL have.
bool plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || sql::is_ascii_space(c) ||
           std::string_view("-_:;.=+/*").find(c) != std::string_view::npos ||
           static_cast<signed char>(c) < 0;
  });
}

// The number of letters to change, add, drop or swap with their neighbour, up to 3.
std::size_t distance(std::string_view a, std::string_view b) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > 2) return 3;
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::move(last);
    last = std::move(row);
  }
  return last[b.size()];
}

// How many letters of a keyword may be wrong.
std::size_t tolerance(std::string_view keyword) {
  return keyword.size() <= 2 ? 0 : keyword.size() <= 4 ? 1 : 2;
}

const Keyword* nearest(std::string_view letters) {
  for (const Keyword& keyword : kKeywords) {
    if (letters == keyword.letters) return &keyword;
  }
  for (const Keyword& keyword : kForeign) {
    if (letters == keyword.letters) return &keyword;
  }
  for (const Keyword& keyword : kKeywords) {
    if (distance(letters, keyword.letters) <= tolerance(keyword.letters)) return &keyword;
  }
  return nullptr;
}

enum class Tool { none, goose, other };

// Takes the name of a tool from the front of `text`.
Tool take_tool(std::string_view* text) {
  std::size_t size = 0;
  while (size < text->size() && is_letter((*text)[size])) ++size;
  const std::string word = letters_of(text->substr(0, size));
  // "+gooseDown"
  if (word.substr(0, 5) == "goose") {
    text->remove_prefix(5);
    return Tool::goose;
  }
  if (std::find(kTools.begin(), kTools.end(), word) != kTools.end()) {
    text->remove_prefix(size);
    return Tool::other;
  }
  if (word.size() < 4 || distance(word, "goose") > 1) return Tool::none;
  text->remove_prefix(size);
  return Tool::goose;
}

// The keyword that `text` begins with, followed by more words: "Down -- drop the birds".
const Keyword* leading_keyword(std::string_view text) {
  text = sql::trim_start(text);
  std::size_t size = 0;
  while (size < text.size() && is_letter(text[size])) ++size;
  const std::string word = letters_of(text.substr(0, size));
  for (const Keyword& keyword : kKeywords) {
    if (word == keyword.letters) return &keyword;
  }
  return nullptr;
}

}  // namespace

bool may_begin_lookalike(std::string_view line) {
  line = sql::trim_start(line);
  if (line.empty()) return false;
  const auto c = static_cast<unsigned char>(line.front());
  return c == '#' || c == '+' || c == '@' || c == 0xE2 || c == 0xEF ||
         (c == '/' && line.substr(0, 2) == "//");
}

std::optional<Lookalike> find_lookalike(std::string_view comment) {
  std::string_view text = comment;
  skip_marks(&text);
  const std::size_t offset = comment.size() - text.size();
  const bool sign = !text.empty() && (text.front() == '+' || text.front() == '@');
  if (sign) text.remove_prefix(1);
  const bool apart = sign && !text.empty() && mark_at_start(text) > 0;
  if (sign) skip_marks(&text);
  // Most comments are prose and end here.
  if (text.size() < 2 || text.size() > 200 || !may_begin_word(text.front())) return std::nullopt;

  const std::string whole = letters_of(text);
  const bool simple = plain(text);
  const auto found = [&](const Keyword& keyword) {
    return Lookalike{"-- +goose " + std::string(keyword.written), offset};
  };
  std::string_view rest = text;
  const Tool tool = take_tool(&rest);
  if (tool != Tool::none) {
    const Keyword* keyword = simple ? nearest(letters_of(rest)) : nullptr;
    if (keyword == nullptr && sign && !apart) keyword = leading_keyword(rest);
    // "-- Migration rollback" may be a heading; dbmate's "-- migrate:down" is none.
    const bool meant = sign || tool == Tool::goose || rest.substr(0, 1) == ":";
    if (keyword != nullptr && meant) return found(*keyword);
    if (keyword != nullptr && keyword->written == "Down") return Lookalike{kDown, offset, true};
  }
  if (!simple) return std::nullopt;
  for (const Keyword& keyword : kKeywords) {
    const bool unmistakable =
        keyword.letters.substr(0, 9) == "statement" && whole == keyword.letters;
    if (unmistakable || (sign && whole == keyword.letters)) return found(keyword);
  }
  const bool play = comment.substr(0, offset).find('!') != std::string_view::npos;
  if (sign || play) {
    for (const Keyword& keyword : kForeign) {
      if (whole == keyword.letters) return found(keyword);
    }
  }
  if (std::find(kHeadings.begin(), kHeadings.end(), whole) != kHeadings.end()) {
    return Lookalike{kDown, offset, true};
  }
  return std::nullopt;
}

}  // namespace gander::script
