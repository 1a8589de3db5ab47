// SPDX-License-Identifier: MIT
#include "cli/redact.h"

#include <algorithm>
#include <array>

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

// The end of a value of a keyword string or a parameter list.
std::size_t value_end(std::string_view text, std::size_t begin) {
  if (begin < text.size() && (text[begin] == '\'' || text[begin] == '"')) {
    std::size_t end = begin + 1;
    while (end < text.size() && text[end] != text[begin]) end += text[end] == '\\' ? 2 : 1;
    return std::min(end + 1, text.size());
  }
  std::size_t end = begin;
  while (end < text.size() && text[end] != ' ' && text[end] != '&' && text[end] != ';') {
    end += text[end] == '\\' ? 2 : 1;
  }
  return std::min(end, text.size());
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// name=value pairs of a keyword string (blanks around the `=` allowed) or of a URL's query.
std::string mask_parameters(std::string_view text) {
  std::string result;
  std::size_t done = 0;
  std::size_t equals = text.find('=');
  while (equals != std::string_view::npos) {
    std::size_t name_end = equals;
    while (name_end > done && text[name_end - 1] == ' ') --name_end;
    std::size_t name = name_end;
    while (name > done && is_word(text[name - 1])) --name;
    const std::size_t value = std::min(text.find_first_not_of(' ', equals + 1), text.size());
    const std::size_t end = value_end(text, value);
    result += text.substr(done, value - done);
    const bool secret = is_secret_word(text.substr(name, name_end - name));
    result += secret ? kMask : text.substr(value, end - value);
    done = end;
    equals = text.find('=', done);
  }
  return result += text.substr(done);
}

}  // namespace

std::string redacted(std::string_view database) {
  std::string text(database);
  // The user part of a URL or of user:password@tcp(host). A password may itself hold `@` and `/`,
  // so the last `@` before the parameters counts.
  const std::size_t scheme = text.find("://");
  const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  const bool plain_path =
      scheme == std::string::npos && (text.starts_with("sqlite:") || text.starts_with("file:"));
  const std::size_t at = plain_path ? std::string::npos : text.rfind('@', text.find('?', begin));
  const std::size_t colon = text.find(':', begin);
  if (at != std::string::npos && colon < at) text.replace(colon + 1, at - colon - 1, kMask);
  return mask_parameters(text);
}

}  // namespace gander::cli
