// SPDX-License-Identifier: MIT
#include "src/driver/postgres/catalogue/settled.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace gander::driver::postgres {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

// Reads what the server's own deparser writes.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::string all() {
    std::string result;
    while (at_ < text_.size()) {
      if (const auto array = cast_array()) {
        result += *array;
      } else {
        const std::size_t from = at_;
        step();
        result += text_.substr(from, at_ - from);
      }
    }
    return result;
  }

 private:
  bool accept(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  // Over one character, or over all of a text or a name in quotes.
  void step() {
    const char c = text_[at_];
    if (c != '\'' && c != '"') {
      ++at_;
      return;
    }
    const bool escapes = c == '\'' && at_ > 0 && text_[at_ - 1] == 'E';
    for (++at_; at_ < text_.size(); ++at_) {
      if (escapes && text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == c) {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != c) return;
      }
    }
    at_ = text_.size();
  }

  // "character varying", "numeric(10,2)", "public.\"Odd\"".
  std::string_view type() {
    const std::size_t from = at_;
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        step();
        continue;
      }
      if (c == '(') ++depth;
      if (c == ')' && --depth < 0) break;
      const bool of_it = is_word(c) || c == '.' || c == ' ' || c == '(' || c == ')';
      if (!of_it && !(depth > 0 && c == ',')) break;
      ++at_;
    }
    return text_.substr(from, at_ - from);
  }

  // A text with its type, a number, or nullopt.
  std::optional<std::string_view> constant() {
    const std::size_t from = at_;
    if (at_ >= text_.size()) return std::nullopt;
    if (is_digit(text_[at_])) {
      while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
      return text_.substr(from, at_ - from);
    }
    accept("E");
    if (at_ < text_.size() && text_[at_] == '\'') {
      step();
    } else if (at_ != from || !accept("NULL")) {
      return std::nullopt;
    }
    if (!accept("::") || type().empty()) return std::nullopt;
    return text_.substr(from, at_ - from);
  }

  std::optional<std::string> cast_array() {
    const std::size_t from = at_;
    std::vector<std::string_view> elements;
    const bool pretty = !accept("(");  // fewer parentheses, as some of its functions write
    bool whole = accept("ARRAY[");
    while (whole) {
      const auto element = constant();
      if (element) elements.push_back(*element);
      whole = element.has_value();
      if (!accept(", ")) break;
    }
    whole = whole && accept(pretty ? "]::" : "])::");
    const std::string_view to = whole ? type() : std::string_view();
    if (to.empty() || !accept("[]")) {
      at_ = from;
      return std::nullopt;
    }
    std::string array = "ARRAY[";
    for (const std::string_view element : elements) {
      if (array.size() > 6) array += ", ";
      array += pretty ? std::string(element) : "(" + std::string(element) + ")";
      array.append("::").append(to);
    }
    return array + "]";
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string settled(std::string_view expression) {
  if (expression.find("ARRAY[") == std::string_view::npos) return std::string(expression);
  return Reader(expression).all();
}

}  // namespace gander::driver::postgres
