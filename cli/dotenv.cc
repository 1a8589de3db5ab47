// SPDX-License-Identifier: MIT
#include "cli/dotenv.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/text_encoding.h"
#include "gander/error.h"

namespace gander::cli {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r'; }

bool is_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

bool is_reference(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The last `#` that follows a blank starts a comment.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = line.size(); i-- > 1;) {
    if (line[i] == '#' && is_blank(line[i - 1])) return line.substr(0, i);
  }
  return line;
}

std::string_view value_of(const Variables& variables, std::string_view name) {
  const auto found = std::find_if(variables.rbegin(), variables.rend(),
                                  [&](const auto& v) { return v.first == name; });
  return found == variables.rend() ? std::string_view{} : found->second;
}

// $NAME and ${NAME}; a backslash before the dollar keeps it.
std::string expand(std::string_view text, const Variables& variables) {
  std::string result;
  std::size_t i = 0;
  while (i < text.size()) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '$') {
      result += '$';
      i += 2;
      continue;
    }
    const bool braces = text[i] == '$' && i + 1 < text.size() && text[i + 1] == '{';
    std::size_t end = i + (braces ? 2 : 1);
    const std::size_t begin = end;
    while (text[i] == '$' && end < text.size() && is_reference(text[end])) ++end;
    if (end == begin) {
      result += text[i++];
      continue;
    }
    result += value_of(variables, text.substr(begin, end - begin));
    if (braces && end < text.size() && text[end] == '}') ++end;
    i = end;
  }
  return result;
}

std::string unescape(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == 'n') {
      result += '\n';
    } else if (c == 'r') {
      result += '\r';
    } else if (c == '$') {
      result += "\\$";
    } else {
      result += c;
    }
  }
  return result;
}

class Parser {
 public:
  explicit Parser(std::string text) : text_(std::move(text)) {}

  Variables parse() {
    while (skip_to_statement()) {
      std::string key = read_key();
      std::string value = read_value();
      variables_.emplace_back(std::move(key), std::move(value));
    }
    return std::move(variables_);
  }

 private:
  // Past blanks, empty lines and comment lines; false at the end.
  bool skip_to_statement() {
    while (at_ < text_.size()) {
      if (is_blank(text_[at_]) || text_[at_] == '\n') {
        ++at_;
      } else if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return true;
      }
    }
    return false;
  }

  std::string read_key() {
    constexpr std::string_view kExport = "export";
    const std::size_t start = at_;
    if (std::string_view(text_).substr(at_).starts_with(kExport) &&
        at_ + kExport.size() < text_.size() && is_blank(text_[at_ + kExport.size()])) {
      at_ += kExport.size();
    }
    std::string key;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (is_blank(c)) continue;
      if (c == '=' || c == ':') {
        ++at_;
        if (key.empty()) fail(start, "a variable's name is missing");
        return key;
      }
      if (!is_key(c)) {
        fail(at_, c == '\n' ? "this line has no `=`" : "this character cannot be part of a name");
      }
      key += c;
    }
    fail(start, "this line has no `=`");
  }

  std::string read_value() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote == '\'' || quote == '"') return read_quoted(quote);
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    const std::string_view line = std::string_view(text_).substr(at_, end - at_);
    at_ = end;
    return expand(trim(without_comment(line)), variables_);
  }

  std::string read_quoted(char quote) {
    const std::size_t start = at_;
    std::size_t end = text_.find(quote, start + 1);
    while (end != std::string::npos && text_[end - 1] == '\\') end = text_.find(quote, end + 1);
    if (end == std::string::npos) fail(start, "this quote is never closed");
    const std::string_view inside = std::string_view(text_).substr(start + 1, end - start - 1);
    at_ = end + 1;
    return quote == '"' ? expand(unescape(inside), variables_) : std::string(inside);
  }

  // The line's text stays out of the message: it may hold a password.
  [[noreturn]] void fail(std::size_t at, std::string message) const {
    const auto before = std::string_view(text_).substr(0, at);
    ErrorDetails details;
    details.code = ErrorCode::usage;
    details.message = std::move(message);
    details.line = 1 + std::count(before.begin(), before.end(), '\n');
    details.column = static_cast<std::int64_t>(at - (before.rfind('\n') + 1)) + 1;
    throw Error(std::move(details));
  }

  std::string text_;
  std::size_t at_ = 0;
  Variables variables_;
};

Error with_file(const Error& error, const std::string& file) {
  ErrorDetails details = error.details();
  details.file = file;
  if (details.hint.empty()) details.hint = "correct it";
  details.hint += ", or --env none to read no file";
  return Error(std::move(details));
}

// Throws Error(usage) with the file's name.
Variables read_variables(const System& system, const std::string& file) {
  const std::optional<std::string> text = system.read_file(file);
  if (!text) {
    throw Error(ErrorCode::usage, fmt::format("there is no file {}", file),
                "check the path that --env names");
  }
  try {
    return parse_dotenv(*text);
  } catch (const Error& error) {
    throw with_file(error, file);
  }
}

void refuse_what_others_write(const System& system, const std::string& file) {
  const std::string reason = distrust(system, file);
  if (reason.empty()) return;
  throw Error(ErrorCode::usage, fmt::format("{} is not read: {}", file, reason),
              fmt::format("take the right to write away, or say what is meant: --env {} or --env "
                          "none",
                          file));
}

std::string warning_of(const Error& error, const std::string& file) {
  const ErrorDetails& details = error.details();
  if (details.message.starts_with(file)) return details.message;
  std::string warning = fmt::format("{} is not read: {}", file, details.message);
  if (details.line > 0) warning += fmt::format(" (line {})", details.line);
  return warning;
}

}  // namespace

Variables parse_dotenv(std::string_view bytes) {
  const std::string text = to_utf8(bytes);
  // A file without any line feed ends its lines as the old Mac did.
  const bool carriage_returns = text.find('\n') == std::string::npos;
  std::string unix_text;
  unix_text.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    unix_text += text[i] == '\r' && carriage_returns ? '\n' : text[i];
  }
  return Parser(std::move(unix_text)).parse();
}

LoadedDotenv load_dotenv(System& system, const std::optional<std::string>& choice, BadDotenv bad) {
  LoadedDotenv loaded;
  if (choice == "none") return loaded;
  const bool asked = choice && !choice->empty();
  const std::string file = asked ? *choice : ".env";
  if (!asked) {
    const FileFacts facts = system.facts(file);
    if (!facts.exists || facts.directory) return loaded;
  }
  Variables variables;
  try {
    if (!asked) refuse_what_others_write(system, file);
    variables = read_variables(system, file);
  } catch (const Error& error) {
    if (asked || bad == BadDotenv::ends_the_run) throw;
    loaded.warning = warning_of(error, file);
    return loaded;
  }
  loaded.file = file;
  // In the order of the file a later line wins, but the environment wins over all of them.
  std::erase_if(variables, [&](const auto& v) { return system.environment_has(v.first); });
  for (const auto& [name, value] : variables) system.set_environment(name, value);
  loaded.variables = std::move(variables);
  return loaded;
}

}  // namespace gander::cli
