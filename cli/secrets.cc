// SPDX-License-Identifier: MIT
#include "cli/secrets.h"

#include <algorithm>
#include <array>

#include "cli/redact.h"
#include "gander/report.h"

namespace gander::cli {
namespace {

constexpr std::string_view kMask = "***";
// A shorter text is hidden by nobody's message, and would blank out ordinary words.
constexpr std::size_t kLeast = 3;
constexpr std::size_t kLeastPart = 4;

// After these an `=` or `:` is expected, after the first ones a blank is enough.
constexpr std::array<std::string_view, 12> kNames = {
    "password", "passwd", "passphrase", "passwort", "pwd",        "pass",
    "pw",       "token",  "secret",     "key",      "credential", "credentials"};
constexpr std::size_t kBlankSuffices = 7;

bool is_blank(char c) { return (c >= '\0' && c <= ' ') || c == '\x7f'; }

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool code = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                      hex_value(text[i + 2]) >= 0;
    if (code) {
      result += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    if (is_word(c) || std::string_view("-.~").find(c) != std::string_view::npos) {
      result += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      result += '%';
      result += kDigits[byte >> 4U];
      result += kDigits[byte & 15U];
    }
  }
  return result;
}

bool is_number(std::string_view text) {
  return text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_option_name(std::string_view text) {
  return text.starts_with('-') &&
         std::ranges::all_of(text, [](char c) { return is_word(c) || c == '-'; });
}

// Does the word before `end` name a secret? How long that name is, is of no interest.
std::size_t name_of_secret(std::string_view text, std::size_t begin, std::size_t end) {
  std::string word(text.substr(begin, end - begin));
  std::ranges::transform(word, word.begin(), lower);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (word.ends_with(kNames[i])) return i;
  }
  if (is_secret_name(word)) return kBlankSuffices;  // mistyped
  return kNames.size();
}

}  // namespace

void Secrets::add_candidate(std::string_view candidate, std::string_view harmless) {
  const auto add_one = [&](const std::string& text, std::size_t least) {
    if (text.size() < least || is_number(text)) return;
    // What is shown anyway is no secret: the user `postgres` with the password `postgres`.
    if (harmless.find(text) != std::string_view::npos) return;
    hidden_.insert(text);
  };
  for (const std::string& form :
       {std::string(candidate), percent_decoded(candidate), percent_encoded(candidate)}) {
    add_one(form, kLeast);
    for (std::size_t from = 0; from <= form.size();) {
      const std::size_t end =
          std::min(form.find_first_of(" :/@?#&;=,%'\"\\()\t\r\n", from), form.size());
      add_one(form.substr(from, end - from), kLeastPart);
      from = end + 1;
    }
  }
}

// What may stand between a user's name and a host: [scheme://]user:password@host, with any
// separator in the wrong place.
void Secrets::add_user_part(std::string_view text) {
  const std::size_t slashes = text.find("://");
  std::string_view rest = slashes == std::string_view::npos ? text : text.substr(slashes + 3);
  const std::size_t at = rest.rfind('@');
  if (at != std::string_view::npos) {
    const std::size_t colon = end_of_user(rest.substr(0, at));
    if (colon == at) return;
    add_candidate(rest.substr(colon + 1, at - colon - 1), harmless_);
    return;
  }
  if (slashes != std::string_view::npos) {
    const std::string_view place = rest.substr(0, rest.find_first_of("/?"));
    const std::size_t colon = place.find(':');
    if (colon == std::string_view::npos || place.starts_with('[')) return;
    add_candidate(place.substr(colon + 1), harmless_);
    return;
  }
  // postgres:me:password, me:password:host
  std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) colon = text.find(':', colon + 1);
  if (colon == std::string_view::npos || text.ends_with(":memory:")) return;
  add_candidate(text.substr(colon + 1), harmless_);
}

// password=..., pwd: "...", --password ..., in any list.
void Secrets::add_named_values(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    const std::size_t name = name_of_secret(text, at, end);
    at = end;
    if (name == kNames.size()) continue;
    std::size_t value = end;
    bool sign = false;
    while (value < text.size() && (is_blank(text[value]) || text[value] == '=' ||
                                   text[value] == ':' || text[value] == '>')) {
      sign = sign || !is_blank(text[value]);
      ++value;
    }
    if (value == text.size() || value == end || (!sign && name >= kBlankSuffices)) continue;
    const char quote = text[value];
    if (quote == '\'' || quote == '"' || quote == '{') {
      ++value;
      add_candidate(text.substr(value, text.find(quote == '{' ? '}' : quote, value) - value),
                    harmless_);
    }
    const std::string_view rest = text.substr(value);
    const auto blank = std::ranges::find_if(rest, is_blank);
    const std::string_view whole(rest.begin(), blank);
    add_candidate(whole, harmless_);
    add_candidate(whole.substr(0, whole.find_first_of("&;,'\"")), harmless_);
  }
}

void Secrets::add(std::string_view text) {
  const std::lock_guard lock(mutex_);
  harmless_ = redacted(text);
  add_user_part(text);
  add_named_values(text);
}

void Secrets::add_words(const std::vector<std::string>& words) {
  std::string row;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    // Of `--db=dir/a@b.db` the value alone may be a file's name.
    if (equals == std::string::npos || !is_option_name(word.substr(0, equals))) add(word);
    if (equals != std::string::npos) add(std::string_view(word).substr(equals + 1));
    row += (row.empty() ? "" : " ") + word;
  }
  const std::lock_guard lock(mutex_);
  harmless_.clear();
  add_named_values(row);
}

void Secrets::add_whole(std::string_view text) {
  const std::lock_guard lock(mutex_);
  add_candidate(text, {});
}

std::string Secrets::hide(std::string text) const {
  const std::lock_guard lock(mutex_);
  for (const std::string& secret : hidden_) {
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kMask.size())) {
      text.replace(at, secret.size(), kMask);
    }
  }
  return text;
}

Error Secrets::hide(const Error& error) const {
  ErrorDetails details = error.details();
  for (std::string* text : {&details.message, &details.hint, &details.file, &details.source_line,
                            &details.sql, &details.detail}) {
    *text = hide(std::move(*text));
  }
  Error hidden(std::move(details));
  return error.report() == nullptr ? hidden : hidden.with_report(*error.report());
}

Secrets& secrets() {
  static Secrets all;
  return all;
}

std::string shown_word(std::string_view word) {
  const bool plain = word.size() <= 40 && std::ranges::all_of(word, [](char c) {
                       return is_word(c) || c == '-' || c == '.' || c == '+';
                     });
  return secrets().hide(plain ? std::string(word) : redacted(word));
}

}  // namespace gander::cli
