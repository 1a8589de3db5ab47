// SPDX-License-Identifier: MIT
#include "cli/option.h"

namespace gander::cli {
namespace {

std::string in_case(std::string_view text, char first, char last, int distance) {
  std::string result(text);
  for (char& c : result) {
    if (c >= first && c <= last) c = static_cast<char>(c + distance);
  }
  return result;
}

}  // namespace

std::string Option::variable() const { return "GANDER_" + in_case(key, 'a', 'z', 'A' - 'a'); }

std::optional<std::size_t> choice_index(std::string_view choices, std::string_view text) {
  for (std::size_t index = 0;; ++index) {
    const std::size_t blank = choices.find(' ');
    if (choices.substr(0, blank) == text) return index;
    if (blank == std::string_view::npos) return std::nullopt;
    choices.remove_prefix(blank + 1);
  }
}

std::string listed(std::string_view choices) {
  std::string text;
  for (const char c : choices) text += c == ' ' ? std::string(", ") : std::string(1, c);
  return text;
}

std::optional<bool> parse_boolean(std::string_view text) {
  const std::string small = in_case(text, 'A', 'Z', 'a' - 'A');
  if (choice_index("true 1 yes on t y enable", small)) return true;
  if (choice_index("false 0 no off f n disable", small)) return false;
  return std::nullopt;
}

}  // namespace gander::cli
