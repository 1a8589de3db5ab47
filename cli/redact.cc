// SPDX-License-Identifier: MIT
#include "cli/redact.h"

#include <algorithm>
#include <array>
#include <vector>

namespace gander::cli {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::array<std::string_view, 9> kSecretWords = {
    "password", "passwd", "passphrase", "pwd", "token", "secret", "apikey", "api_key", "key"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// `word` is the name of a parameter, as `sslpassword` or `authToken`.
bool is_secret_word(std::string_view word) {
  std::string small(word);
  std::ranges::transform(small, small.begin(), lower);
  return std::ranges::any_of(kSecretWords,
                             [&](std::string_view secret) { return small.ends_with(secret); });
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// What stands before a name tells what ends its value: `;` in a list of them, `?` or `&` in a URL's
// parameters, and else a blank, as in libpq's keyword strings, where the value may stand in quotes.
std::size_t value_end(std::string_view text, std::size_t begin, char before) {
  if (before == '?' || before == '&') return std::min(text.find('&', begin), text.size());
  std::size_t end = begin;
  if (begin < text.size() && (text[begin] == '\'' || text[begin] == '"')) {
    ++end;
    while (end < text.size() && text[end] != text[begin]) end += text[end] == '\\' ? 2 : 1;
  }
  while (end < text.size() && !is_blank(text[end]) && !(before == ';' && text[end] == ';')) {
    end += text[end] == '\\' ? 2 : 1;
  }
  return std::min(end, text.size());
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// name=value pairs of a keyword string (blanks around the `=` allowed) or of a URL's query.
void hide_parameters(std::string_view text, bool url, std::vector<Range>* hidden) {
  for (std::size_t equals = text.find('='); equals != std::string_view::npos;
       equals = text.find('=', equals + 1)) {
    std::size_t name_end = equals;
    while (!url && name_end > 0 && is_blank(text[name_end - 1])) --name_end;
    std::size_t name = name_end;
    while (name > 0 && is_word(text[name - 1])) --name;
    if (!is_secret_word(text.substr(name, name_end - name))) continue;
    std::size_t value = equals + 1;
    while (!url && value < text.size() && is_blank(text[value])) ++value;
    const char before = url ? '&' : name == 0 ? ' ' : text[name - 1];
    hidden->push_back({value, value_end(text, value, before)});
  }
}

// The password of a URL's user part or of user:password@tcp(host). It may itself hold `@` and `/`,
// so the last `@` before the parameters counts; or a `?`, if no `/` stands before the first `@`.
void hide_user_part(std::string_view text, std::size_t begin, std::vector<Range>* hidden) {
  const std::size_t colon = text.find(':', begin);
  std::size_t at = text.rfind('@', text.find('?', begin));
  const std::size_t first = text.find('@', begin);
  if (at == std::string_view::npos && first < text.find('/', begin)) at = first;
  if (at != std::string_view::npos && colon < at) hidden->push_back({colon + 1, at});
}

}  // namespace

std::string redacted(std::string_view database) {
  std::size_t scheme = database.find("://");
  // A keyword string may hold the like in its password.
  if (database.substr(0, scheme).find_first_of("= \t\n\v\f\r") < scheme) {
    scheme = std::string_view::npos;
  }
  const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const bool plain_path = scheme == std::string_view::npos &&
                          (database.starts_with("sqlite:") || database.starts_with("file:"));
  std::vector<Range> hidden;
  if (!plain_path) hide_user_part(database, begin, &hidden);
  hide_parameters(database, begin > 0 || plain_path, &hidden);
  std::ranges::sort(hidden, {}, &Range::begin);

  std::string result;
  std::size_t done = 0;
  for (const Range& range : hidden) {
    if (range.end <= done && done > 0) continue;
    if (range.begin >= done) {
      result += database.substr(done, range.begin - done);
      result += kMask;
    }
    done = std::max(done, range.end);
  }
  return result += database.substr(done);
}

}  // namespace gander::cli
