// SPDX-License-Identifier: MIT
// The accepting rule is goose's, laxness included: `--` and the first `+goose` are cut out wherever
// they stand, and what is left must be a keyword. The refusing rule is narrower than goose's: only
// a comment that begins with `+goose` was meant as an annotation.
#include "src/script/annotation.h"

#include <array>

#include "src/sql/space.h"

namespace gander::script {
namespace {

struct Keyword {
  std::string_view name;
  Annotation annotation;
};

constexpr std::array<Keyword, 7> kKeywords = {{{"Up", Annotation::up},
                                               {"Down", Annotation::down},
                                               {"StatementBegin", Annotation::statement_begin},
                                               {"StatementEnd", Annotation::statement_end},
                                               {"NO TRANSACTION", Annotation::no_transaction},
                                               {"ENVSUB ON", Annotation::envsub_on},
                                               {"ENVSUB OFF", Annotation::envsub_off}}};

constexpr std::string_view kMarker = "+goose";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equal_fold(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

// Letters only, so that near misses ("NO  TRANSACTION", "Up;", "- Up") compare equal.
std::string letters_of(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (lower(c) >= 'a' && lower(c) <= 'z') out += lower(c);
  }
  return out;
}

// The keyword of an annotation line in goose's reading.
std::string extract(std::string_view line) {
  std::string rest;
  for (std::size_t i = 0; i < line.size();) {
    if (line.substr(i, 2) == "--") {
      i += 2;
    } else {
      rest += line[i++];
    }
  }
  std::size_t marker = rest.find(kMarker);
  if (marker != std::string::npos) rest.erase(marker, kMarker.size());
  return std::string(sql::trim(rest));
}

std::string list_of_keywords() {
  std::string out;
  for (const Keyword& keyword : kKeywords) {
    if (!out.empty()) out += ", ";
    out += keyword.name;
  }
  return out;
}

// `meant` is what follows the marker.
void explain_unknown(std::string_view line, std::string_view meant, AnnotationLine* result) {
  std::string found(sql::trim(meant));
  result->message = "the annotation '" + found + "' is not supported";
  result->hint = "the annotations are " + list_of_keywords();
  std::string letters = letters_of(meant);
  for (const Keyword& keyword : kKeywords) {
    std::string written = "'-- +goose " + std::string(keyword.name) + "'";
    if (letters == letters_of(keyword.name)) {
      bool semicolon = !found.empty() && found.back() == ';';
      bool dashes = sql::trim_start(line).substr(0, 3) == "---";
      result->hint = semicolon ? "remove the ';', an annotation is a comment: " + written
                     : dashes  ? "write exactly two dashes: " + written
                               : "write " + written;
      return;
    }
    if (found.size() > keyword.name.size() &&
        equal_fold(std::string_view(found).substr(0, keyword.name.size()), keyword.name) &&
        (sql::is_ascii_space(found[keyword.name.size()]) || found[keyword.name.size()] == ';' ||
         found[keyword.name.size()] == '-')) {
      result->hint = "nothing may follow the annotation on its line: write " + written +
                     " and put the rest on the next line";
    }
  }
}

}  // namespace

AnnotationLine read_annotation(std::string_view line) {
  AnnotationLine result;
  std::string_view trimmed = sql::trim_start(line);
  if (trimmed.substr(0, 2) != "--" || line.find(kMarker) == std::string_view::npos) return result;

  bool indented = line.front() == ' ' || line.front() == '\t';
  std::string keyword = extract(line);
  if (!indented) {
    for (const Keyword& known : kKeywords) {
      if (equal_fold(keyword, known.name)) {
        result.annotation = known.annotation;
        return result;
      }
    }
  }

  std::string_view comment = trimmed;
  while (!comment.empty() && (comment.front() == '-' || sql::space_at_start(comment) > 0)) {
    comment.remove_prefix(comment.front() == '-' ? 1 : sql::space_at_start(comment));
  }
  if (comment.substr(0, kMarker.size()) != kMarker) return result;

  result.annotation = Annotation::bad;
  std::string_view meant = comment.substr(kMarker.size());
  result.column = static_cast<std::size_t>(comment.data() - line.data()) + 1;
  if (indented) {
    result.message = "the annotation has leading whitespace";
    result.hint =
        "an annotation must start at the beginning of the line: remove what stands "
        "before '--'";
    result.column = 1;
  } else if (keyword.empty()) {
    result.message = "the annotation is empty";
    result.hint = "write one of these after '-- +goose': " + list_of_keywords();
  } else if (meant.find(kMarker) != std::string_view::npos) {
    result.message = "the line contains multiple '+goose' annotations";
    result.hint = "write one annotation a line";
  } else {
    result.column += kMarker.size() + (meant.size() - sql::trim_start(meant).size());
    explain_unknown(line, meant, &result);
  }
  return result;
}

}  // namespace gander::script
