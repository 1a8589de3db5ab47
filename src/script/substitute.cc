// SPDX-License-Identifier: MIT
#include "src/script/substitute.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "src/script/space.h"
#include "src/script/utf8.h"

namespace gander::script {
namespace {

// Deeper nesting of ${A:-${B:-...}} than any script has; a bound for the recursion.
constexpr int kMaxNesting = 64;

std::optional<std::string> look_up(const Environment& environment, std::string_view name) {
  if (environment) return environment(name);
  // The caller who lets this read the process environment must not change it meanwhile.
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

class Substitution {
 public:
  Substitution(std::string_view line, const Environment& environment)
      : line_(line), environment_(environment) {}

  bool run(std::string* out) { return expression(false, out); }
  SubstitutionFailure failure() && { return std::move(failure_); }

 private:
  bool at(std::string_view text) const { return line_.substr(pos_, text.size()) == text; }
  bool at_end() const { return pos_ == line_.size(); }

  bool fail(std::size_t offset, std::string cause) {
    failure_ = {std::move(cause), offset};
    return false;
  }

  bool expression(bool braced, std::string* out);
  bool expansion(std::string* out);
  bool braced_expansion(std::size_t start, std::string* out);
  bool word_expansion(std::size_t start, std::string_view name, std::string_view op,
                      std::string* out);
  bool substring(std::size_t start, std::string_view name, std::string* out);
  bool number(std::size_t start, const char* what, std::string_view stops, std::int64_t* value);
  std::string_view name();
  void copy_character(std::string* out);

  std::string_view line_;
  const Environment& environment_;
  std::size_t pos_ = 0;
  int nesting_ = 0;
  int unused_ = 0;  // above 0 within a word whose value is thrown away: nothing is required there
  SubstitutionFailure failure_;
};

bool Substitution::expression(bool braced, std::string* out) {
  while (!at_end()) {
    if (braced && at("}")) return true;
    if (at("\\\\")) {
      out->append("\\\\");
      pos_ += 2;
    } else if (at("\\$") || at("$$")) {
      out->push_back('$');
      pos_ += 2;
    } else if (at("$(")) {
      out->append("$(");
      pos_ += 2;
    } else if (at("$") && pos_ + 1 < line_.size()) {
      if (!expansion(out)) return false;
    } else {
      copy_character(out);
    }
  }
  return true;
}

void Substitution::copy_character(std::string* out) {
  Character character = first_character(line_.substr(pos_));
  if (character.code == kInvalidCharacter) {
    out->append("\xEF\xBF\xBD");
  } else {
    out->append(line_.substr(pos_, character.bytes));
  }
  pos_ += character.bytes;
}

std::string_view Substitution::name() {
  std::size_t start = pos_;
  while (!at_end()) {
    Character character = first_character(line_.substr(pos_));
    bool fits = is_letter(character.code) ||
                (pos_ > start && (character.code == '_' || is_number(character.code)));
    if (!fits) break;
    pos_ += character.bytes;
  }
  return line_.substr(start, pos_ - start);
}

bool Substitution::expansion(std::string* out) {
  std::size_t start = pos_++;
  if (at("{")) {
    ++pos_;
    return braced_expansion(start, out);
  }
  std::string_view variable = name();
  if (variable.empty()) {
    return fail(start, "a name that starts with a letter must follow '$'; write '$$' for a dollar");
  }
  out->append(look_up(environment_, variable).value_or(""));
  return true;
}

bool Substitution::braced_expansion(std::size_t start, std::string* out) {
  std::string_view variable = name();
  if (variable.empty()) return fail(start, "a name that starts with a letter must follow '${'");
  bool ok = false;
  if (at("}") || at_end()) {
    out->append(look_up(environment_, variable).value_or(""));
    ok = true;
  } else if (at(":-") || at("-") || at("?")) {
    std::string_view op = at(":-") ? ":-" : line_.substr(pos_, 1);
    pos_ += op.size();
    if (++nesting_ > kMaxNesting) return fail(start, "'${' is nested too deeply");
    ok = word_expansion(start, variable, op, out);
    --nesting_;
  } else if (at(":")) {
    ++pos_;
    ok = substring(start, variable, out);
  } else {
    return fail(start,
                "expected one of '}', ':-', '-', '?', ':' after '${" + std::string(variable) + "'");
  }
  if (!ok) return false;
  if (!at("}")) return fail(start, "the '${' has no closing '}' on its line");
  ++pos_;
  return true;
}

bool Substitution::word_expansion(std::size_t start, std::string_view variable, std::string_view op,
                                  std::string* out) {
  std::optional<std::string> value = look_up(environment_, variable);
  bool use_value = value && (op != ":-" || !value->empty());
  std::string word;
  unused_ += use_value ? 1 : 0;
  bool ok = expression(true, &word);
  unused_ -= use_value ? 1 : 0;
  if (!ok) return false;
  if (use_value) {
    out->append(*value);
  } else if (op == "?" && unused_ == 0) {
    return fail(start, "$" + std::string(variable) + ": " + (word.empty() ? "not set" : word));
  } else {
    out->append(word);
  }
  return true;
}

bool Substitution::number(std::size_t start, const char* what, std::string_view stops,
                          std::int64_t* value) {
  std::size_t end = std::min(line_.find_first_of(stops, pos_), line_.size());
  std::string_view text = trim(line_.substr(pos_, end - pos_));
  std::string_view digits = text.substr(0, 1) == "+" ? text.substr(1) : text;
  auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *value);
  bool sign_twice = digits.size() != text.size() && digits.substr(0, 1) == "-";
  if (error != std::errc() || stop != digits.data() + digits.size() || sign_twice) {
    return fail(start, "unable to parse " + std::string(what) + " '" + std::string(text) + "'");
  }
  pos_ = end;
  return true;
}

bool Substitution::substring(std::size_t start, std::string_view variable, std::string* out) {
  std::string value = look_up(environment_, variable).value_or("");
  auto size = static_cast<std::int64_t>(value.size());
  std::int64_t from = 0;
  if (!number(start, "offset", ":}", &from)) return false;
  if (from < 0) from = std::max<std::int64_t>(from + size, 0);
  from = std::min(from, size);
  std::int64_t to = size;
  if (at(":")) {
    ++pos_;
    std::int64_t length = 0;
    if (!number(start, "length", "}", &length)) return false;
    to = length < 0 ? size + length : std::min(length, size - from) + from;
    to = std::max(to, from);
  }
  out->append(value, static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
  return true;
}

}  // namespace

bool needs_substitution(std::string_view line) {
  return std::any_of(line.begin(), line.end(),
                     [](char c) { return c == '$' || static_cast<signed char>(c) < 0; });
}

std::optional<SubstitutionFailure> substitute(std::string_view line, const Environment& environment,
                                              std::string* out) {
  Substitution substitution(line, environment);
  if (substitution.run(out)) return std::nullopt;
  return std::move(substitution).failure();
}

}  // namespace gander::script
