// SPDX-License-Identifier: MIT
#include "src/base/hidden_values.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace gander {
namespace {

constexpr std::size_t kRun = sizeof(std::uint64_t);

// A value or a word shorter than this is hidden only where it stands alone, or not at all: it would
// be found in half of all words, and is no secret.
constexpr std::size_t kShortestWithin = 4;
constexpr std::size_t kShortestWord = 3;

// What messages are made of tells nothing when it is also a word of a value.
constexpr std::array<std::string_view, 26> kUsualWords{
    "and",  "already", "code",     "column", "data", "does",  "error", "exist", "exists",
    "for",  "from",    "function", "index",  "into", "key",   "line",  "near",  "not",
    "null", "row",     "such",     "syntax", "the",  "table", "type",  "value",
};

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = folded(c);
  return out;
}

bool is_word_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_' ||
         static_cast<signed char>(c) < 0;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

std::uint64_t run_at(std::string_view text, std::size_t at) {
  std::uint64_t run = 0;
  std::memcpy(&run, text.data() + at, kRun);
  return run;
}

// As a database reads it out of a literal: '' and "" are one quote, \x is x.
std::string unquoted(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    const bool doubled = (text[i] == '\'' || text[i] == '"') && next == text[i];
    if (doubled || (text[i] == '\\' && next != '\0')) ++i;
    out += text[i];
  }
  return out;
}

std::string hexadecimal(std::string_view text) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xFU];
  }
  return out;
}

// Calls back with each word and where it begins.
template <typename Each>
void each_word(std::string_view text, Each each) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word_byte(text[end])) ++end;
    if (end > at) each(text.substr(at, end - at), at);
    at = end + 1;
  }
}

template <typename Id>
void cover(std::vector<Id>* covered, std::size_t at, std::size_t size, Id id) {
  for (std::size_t i = at; i < at + size; ++i) {
    if ((*covered)[i] == 0) (*covered)[i] = id;
  }
}

}  // namespace

void HiddenValues::add(std::string_view value, std::string_view shown) {
  if (value.empty() || added_.contains(value)) return;
  shown_.emplace_back(shown);
  const Id id = static_cast<Id>(shown_.size());
  added_.emplace(value, id);
  const std::string plain = unquoted(value);
  add_form(folded(value), id);
  if (plain != value) add_form(folded(plain), id);
  add_runs(hexadecimal(plain), id);
}

void HiddenValues::add_form(std::string_view folded, Id id) {
  const std::size_t before = runs_.size();
  add_runs(folded, id);
  if (runs_.size() == before) short_.emplace(folded, id);
  add_words(folded, id);
}

void HiddenValues::add_runs(std::string_view folded, Id id) {
  if (folded.size() < kRun) return;
  for (std::size_t at = 0; at + kRun <= folded.size(); ++at) {
    // Blanks and dashes in a row are in every text.
    if (std::ranges::any_of(folded.substr(at, kRun), is_word_byte)) {
      runs_.emplace_back(run_at(folded, at), id);
    }
  }
  sorted_ = false;
}

void HiddenValues::add_words(std::string_view folded, Id id) {
  each_word(folded, [&](std::string_view word, std::size_t) {
    if (word.size() < kShortestWord || word.size() >= kRun) return;
    if (std::ranges::find(kUsualWords, word) == kUsualWords.end()) words_.emplace(word, id);
  });
}

void HiddenValues::cover_runs(std::string_view folded, std::vector<Id>* covered) const {
  if (runs_.empty()) return;
  if (!sorted_) std::ranges::sort(runs_);
  sorted_ = true;
  for (std::size_t at = 0; at + kRun <= folded.size(); ++at) {
    const std::pair<std::uint64_t, Id> wanted{run_at(folded, at), 0};
    const auto found = std::lower_bound(runs_.begin(), runs_.end(), wanted);
    if (found != runs_.end() && found->first == wanted.first) {
      cover(covered, at, kRun, found->second);
    }
  }
}

void HiddenValues::cover_short(std::string_view folded, std::vector<Id>* covered) const {
  for (const auto& [value, id] : short_) {
    for (std::size_t at = folded.find(value); at != std::string_view::npos;
         at = folded.find(value, at + 1)) {
      const std::size_t end = at + value.size();
      const bool alone = (at == 0 || !is_word_byte(folded[at - 1])) &&
                         (end == folded.size() || !is_word_byte(folded[end]));
      if (alone || value.size() >= kShortestWithin) cover(covered, at, value.size(), id);
    }
  }
}

void HiddenValues::cover_words(std::string_view folded, std::vector<Id>* covered) const {
  if (words_.empty()) return;
  each_word(folded, [&](std::string_view word, std::size_t at) {
    const auto found = words_.find(word);
    if (found != words_.end()) cover(covered, at, word.size(), found->second);
  });
}

std::string HiddenValues::hide(std::string_view text) const {
  if (empty() || text.empty()) return std::string(text);
  const std::string plain = folded(text);
  std::vector<Id> covered(text.size());
  cover_runs(plain, &covered);
  cover_short(plain, &covered);
  cover_words(plain, &covered);
  // Half a character is none.
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (is_continuation(text[i]) && covered[i] == 0) covered[i] = covered[i - 1];
  }
  for (std::size_t i = text.size() - 1; i > 0; --i) {
    if (is_continuation(text[i]) && covered[i - 1] == 0) covered[i - 1] = covered[i];
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (covered[i] == 0) {
      out += text[i];
    } else if (i == 0 || covered[i] != covered[i - 1]) {
      out += shown_[covered[i] - 1];
    }
  }
  return out;
}

}  // namespace gander
