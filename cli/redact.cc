// SPDX-License-Identifier: MIT
#include "cli/redact.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <system_error>

#include "src/driver/engine.h"

namespace gander::cli {
namespace {

constexpr std::string_view kMask = "***";
// The name of a parameter that holds a secret ends in one of these, or has one of the parts in it.
constexpr std::array<std::string_view, 2> kSecretEnds = {"pw", "key"};

constexpr std::array<std::string_view, 6> kEndings = {".db",      ".db3", ".sqlite",
                                                      ".sqlite3", ".sl3", ".s3db"};

constexpr std::array<std::string_view, 7> kParts = {"pass",  "pasw",   "pwd",       "psw",
                                                    "token", "secret", "credential"};

// What none of the known forms holds where it could be told apart from a password.
constexpr std::string_view kOdd = "\"'\\#";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// As libpq has it, and more: control characters are in no text that anybody means.
bool is_control(char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; }

bool is_blank(char c) { return (c >= '\0' && c <= ' ') || c == '\x7f'; }

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_odd(std::string_view text) {
  return text.find_first_of(kOdd) != std::string_view::npos || std::ranges::any_of(text, is_blank);
}

// May the value of a parameter hold a password, as that of dbname=postgres://me:password@host may,
// or one in a list with other separators than were expected?
bool is_suspicious(std::string_view value) {
  if (value.find('@') != std::string_view::npos) return true;
  for (std::size_t equals = value.find('='); equals != std::string_view::npos;
       equals = value.find('=', equals + 1)) {
    std::size_t name_end = equals;
    while (name_end > 0 && is_blank(value[name_end - 1])) --name_end;
    std::size_t name = name_end;
    while (name > 0 && is_word(value[name - 1])) --name;
    if (is_secret_name(value.substr(name, name_end - name))) return true;
  }
  return false;
}

// The parameters of a URL, without their `?`: a value ends at the next `&`, whatever is in it.
std::string shown_parameters(std::string_view text) {
  std::string shown;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find('&', from), text.size());
    const std::string_view item = text.substr(from, end - from);
    const std::string_view name = item.substr(0, item.find('='));
    const std::string_view value = item.substr(std::min(name.size() + 1, item.size()));
    if (from > 0) shown += '&';
    // Without a value it may be the rest of the one before, which had a `&` in it.
    const bool rest = name.size() == item.size() && !item.empty();
    if (rest || !std::ranges::all_of(name, [](char c) { return is_word(c) || c == '.'; })) {
      shown += kMask;
    } else if (is_secret_name(name) || is_odd(value) || is_suspicious(value)) {
      shown.append(name).append("=").append(kMask);
    } else {
      shown += item;
    }
    from = end + 1;
  }
  return shown;
}

// Is what stands before the last slash the name of a directory, and so no place for a password?
bool is_in_a_directory(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return false;
  std::error_code ignored;
  return std::filesystem::is_directory(std::filesystem::path(text.substr(0, slash)), ignored);
}

// May a SQLite file have this name? The rest of a URL with a wrong scheme before it may hold a
// password: me:password@host, //me:password/db.
bool is_file_name(std::string_view name) {
  if (name == ":memory:") return true;
  // me/password@host: a directory before such a name is shown only where there is one.
  const std::size_t at = name.rfind('@');
  if (at != std::string_view::npos && name.find('/') < at && !is_in_a_directory(name)) return false;
  const std::size_t drive = name.size() > 2 && name[1] == ':' && name[2] == '\\' ? 2 : 0;
  return name.find(':', drive) == std::string_view::npos &&
         name.find('=') == std::string_view::npos && std::ranges::none_of(name, is_control);
}

// A file's name and parameters.
std::optional<std::string> shown_file(std::string_view text) {
  const driver::Engine* engine = driver::engine_of_url(text);
  const std::size_t question = std::min(text.find('?'), text.size());
  const std::string_view name = text.substr(0, question);
  if (engine != nullptr && engine->file_based) {
    const bool certain = names_file(engine->file_in(name));
    if (!certain && !is_file_name(name.substr(driver::scheme_of(text).size() + 1))) {
      return std::nullopt;
    }
  } else if (!names_file(name) &&
             (!is_file_name(name) || text.find('@') != std::string_view::npos)) {
    return std::nullopt;
  }
  std::string shown(name);
  if (question < text.size()) shown += '?' + shown_parameters(text.substr(question + 1));
  return shown;
}

// A host and what follows it. Its port is a number below 65536, or it is no port.
bool is_host(std::string_view text) {
  const std::string_view host = text.substr(0, text.find_first_of("/,"));
  const std::size_t colon = host.find(':');
  if (colon == std::string_view::npos || host.starts_with('[')) return true;
  constexpr std::size_t kLongestPort = 5;
  return host.size() - colon - 1 <= kLongestPort &&
         host.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
}

// [user[:password]@]host..., with a scheme before it or an `@` in it. A password may itself hold
// `@` and `/`: what stands between the first colon and the last `@` is hidden.
std::optional<std::string> shown_url(std::string_view text) {
  const std::size_t colon = text.find("://");
  const bool has_scheme =
      colon > 0 && colon != std::string_view::npos &&
      std::ranges::all_of(text.substr(0, colon), [](char c) { return is_word(c) || c == '+'; });
  const std::size_t begin = has_scheme ? colon + 3 : 0;
  const std::size_t question = std::min(text.find('?', begin), text.size());
  const std::string_view place = text.substr(begin, question - begin);
  const std::size_t at = place.rfind('@');
  const bool has_user = at != std::string_view::npos;
  if (is_odd(place) || place.find('=') != std::string_view::npos) return std::nullopt;
  if (text.find('@', question) != std::string_view::npos) return std::nullopt;
  if (!has_user && (!has_scheme || !is_host(place))) return std::nullopt;
  std::string shown(text.substr(0, begin));
  if (has_user) {
    const std::string_view user = place.substr(0, std::min(end_of_user(place), at));
    shown += user;
    if (user.size() < at) shown.append(":").append(kMask);
  }
  shown += place.substr(has_user ? at : 0);
  if (question < text.size()) shown += '?' + shown_parameters(text.substr(question + 1));
  return shown;
}

// The end of libpq's value that begins at `begin`: in quotes, or as far as the next blank. Nothing
// where quotes and backslashes are not as expected.
std::optional<std::size_t> value_end(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  if (begin == text.size() || text[begin] != '\'') {
    while (end < text.size() && !is_blank(text[end])) ++end;
    if (is_odd(text.substr(begin, end - begin))) return std::nullopt;
    return end;
  }
  for (++end; end < text.size() && text[end] != '\''; ++end) {
    if (text[end] == '\\') ++end;
  }
  if (end >= text.size()) return std::nullopt;
  ++end;
  if (end < text.size() && !is_blank(text[end])) return std::nullopt;
  return end;
}

// name=value ..., with blanks between them and around the `=`.
std::optional<std::string> shown_keywords(std::string_view text) {
  std::string shown;
  const auto while_of = [&](std::size_t at, auto is) {
    while (at < text.size() && is(text[at])) ++at;
    return at;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t name = while_of(at, is_blank);
    const std::size_t name_end = while_of(name, is_word);
    const std::size_t equals = while_of(name_end, is_blank);
    if (name == text.size()) return shown.append(text.substr(at));
    if (name == name_end || equals == text.size() || text[equals] != '=') return std::nullopt;
    const std::size_t value = while_of(equals + 1, is_blank);
    const std::optional<std::size_t> end = value_end(text, value);
    if (!end) return std::nullopt;
    shown += text.substr(at, value - at);
    const std::string_view whole = text.substr(value, *end - value);
    const bool hidden = is_secret_name(text.substr(name, name_end - name)) || is_suspicious(whole);
    shown += hidden ? kMask : whole;
    at = *end;
  }
  return shown;
}

// Single changes (a letter too many, too few, another, two exchanged) that make `a` of `b`; large
// where the lengths differ by more than two.
std::size_t typing_errors(std::string_view a, std::string_view b) {
  constexpr std::size_t kLongest = 16;
  if (a.size() > kLongest || b.size() > kLongest) return kLongest;
  std::array<std::array<std::size_t, kLongest + 1>, kLongest + 1> of{};
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        of[i][j] = i + j;
        continue;
      }
      of[i][j] = std::min({of[i - 1][j] + 1, of[i][j - 1] + 1,
                           of[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        of[i][j] = std::min(of[i][j], of[i - 2][j - 2] + 1);
      }
    }
  }
  return of[a.size()][b.size()];
}

}  // namespace

bool is_secret_name(std::string_view name) {
  std::string small(name);
  std::ranges::transform(small, small.begin(), lower);
  if (std::ranges::any_of(kSecretEnds, [&](auto secret) { return small.ends_with(secret); })) {
    return true;
  }
  if (small == "passfile" || small == "sslpassfile") return false;
  if (std::ranges::any_of(kParts, [&](auto part) { return small.find(part) != small.npos; })) {
    return true;
  }
  const std::string_view last = std::string_view(small).substr(small.find_last_of("_.-") + 1);
  return typing_errors(last, "password") <= 2 || typing_errors(last, "passwd") <= 1 ||
         typing_errors(last, "secret") <= 1 || typing_errors(last, "token") <= 1;
}

std::size_t end_of_user(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool plain = is_word(c) || c == '.' || c == '-' || c == '+' || c == '~' || c < 0;
    const std::string_view code = c == '%' ? text.substr(i + 1, 2) : std::string_view();
    // Of encoded characters those that separate: `me%3Apassword@host`.
    const bool encoded = c == '%' && code != "3A" && code != "3a" && code != "2F" && code != "2f";
    if (!plain && !encoded) return i;
  }
  return text.size();
}

bool names_file(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? text : text.substr(slash + 1);
  if (name.find_first_of(":=?") != std::string_view::npos) return false;
  if (std::ranges::any_of(text, is_control)) return false;
  if (std::ranges::none_of(kEndings, [&](std::string_view end) { return name.ends_with(end); })) {
    return false;
  }
  return slash == std::string_view::npos || slash == 0 || is_in_a_directory(text);
}

std::string redacted(std::string_view database) {
  for (const auto form : {shown_file, shown_url, shown_keywords}) {
    if (std::optional<std::string> shown = form(database)) return *shown;
  }
  return std::string(kMask);
}

}  // namespace gander::cli
