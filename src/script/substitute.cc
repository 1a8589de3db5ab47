// SPDX-License-Identifier: MIT
#include "src/script/substitute.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>

#include "src/sql/space.h"
#include "src/sql/utf8.h"

namespace gander::script {
namespace {

// goose's limit for braces within braces.
constexpr int kMaxNesting = 1000;

std::optional<std::string> look_up(const Environment& environment, std::string_view name) {
  if (environment) return environment(name);
  // The caller who lets this read the process environment must not change it meanwhile.
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

bool starts_name(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool continues_name(char c) { return starts_name(c) || (c >= '0' && c <= '9'); }

std::int64_t count_characters(std::string_view text) {
  std::int64_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(sql::first_character(text).bytes);
  return count;
}

// Where the character with this index begins; there must be so many.
std::size_t offset_of_character(std::string_view text, std::int64_t index) {
  std::size_t offset = 0;
  for (; index > 0; --index) offset += sql::first_character(text.substr(offset)).bytes;
  return offset;
}

std::string_view substring_of(std::string_view text, std::int64_t from,
                              std::optional<std::int64_t> length) {
  const std::int64_t size = count_characters(text);
  if (from < -size) return {};
  from = std::min(from < 0 ? from + size : from, size);
  std::int64_t to = size;
  if (length)
    to = *length < 0 ? std::max(size + *length, from) : from + std::min(*length, size - from);
  const std::size_t begin = offset_of_character(text, from);
  return text.substr(begin, offset_of_character(text.substr(begin), to - from));
}

class Substitution {
 public:
  Substitution(std::string_view line, const Variables& variables, SubstitutedLine* out)
      : line_(line), variables_(variables), out_(out) {}

  bool run() { return expression(Use::expand, false, &out_->text); }
  SubstitutionFailure failure() && { return std::move(failure_); }

 private:
  // What becomes of a text: a word that is not needed is parsed and thrown away, and a message
  // shows its variables by their names.
  enum class Use { expand, name, drop };

  bool at(std::string_view text) const { return line_.substr(pos_, text.size()) == text; }
  bool at_end() const { return pos_ == line_.size(); }
  bool at_expansion() const {
    return at("$") && pos_ + 1 < line_.size() &&
           (line_[pos_ + 1] == '{' || starts_name(line_[pos_ + 1]));
  }

  bool fail(std::size_t offset, std::string cause) {
    failure_ = {std::move(cause), offset};
    return false;
  }

  bool expression(Use use, bool within_word, std::string* out);
  bool escape(Use use, bool within_word, std::string* out);
  bool expansion(Use use, std::string* out);
  bool braced(std::size_t start, Use use, std::string* out);
  bool operation(std::size_t start, std::string_view name, Use use, std::string* out);
  bool require(std::size_t start, std::string_view name, bool filled, Use use, std::string* out);
  bool substring(std::size_t start, std::string_view name, Use use, std::string* out);
  bool number(std::size_t start, const char* what, std::string_view stops, std::int64_t* value);
  std::string_view name();
  void put(std::string_view text, Use use, std::string* out) {
    if (use != Use::drop) out->append(text);
  }
  void put_value(std::string_view name, std::string_view value, Use use, std::string* out);
  void note(std::string_view name, std::string_view value) {
    if (variables_.used != nullptr) variables_.used->add(value, "${" + std::string(name) + "}");
  }
  void replaced(std::size_t begin, std::size_t source_begin);

  std::string_view line_;
  const Variables& variables_;
  SubstitutedLine* out_;
  std::size_t pos_ = 0;
  int nesting_ = 0;
  SubstitutionFailure failure_;
};

bool Substitution::expression(Use use, bool within_word, std::string* out) {
  while (!at_end()) {
    if (within_word && at("}")) return true;
    const std::size_t begin = out->size();
    const std::size_t start = pos_;
    if (escape(use, within_word, out)) {
      if (!within_word && out->size() - begin != pos_ - start) replaced(begin, start);
    } else if (at_expansion()) {
      if (!expansion(use, out)) return false;
      if (!within_word) replaced(begin, start);
    } else {
      const std::size_t end =
          std::min(line_.find_first_of(within_word ? "$\\}" : "$\\", pos_ + 1), line_.size());
      put(line_.substr(pos_, end - pos_), use, out);
      pos_ = end;
    }
  }
  return true;
}

bool Substitution::escape(Use use, bool within_word, std::string* out) {
  if (at("\\\\")) {
    put("\\\\", use, out);
  } else if (within_word && at("\\}")) {
    put("}", use, out);
  } else if (at("\\$") || at("$$")) {
    put("$", use, out);
  } else {
    return false;
  }
  pos_ += 2;
  return true;
}

void Substitution::replaced(std::size_t begin, std::size_t source_begin) {
  out_->replacements.push_back({begin, out_->text.size(), source_begin, pos_});
}

void Substitution::put_value(std::string_view name, std::string_view value, Use use,
                             std::string* out) {
  if (use != Use::expand) return;
  out->append(value);
  note(name, value);
}

std::string_view Substitution::name() {
  const std::size_t start = pos_;
  while (!at_end() && continues_name(line_[pos_])) ++pos_;
  return line_.substr(start, pos_ - start);
}

bool Substitution::expansion(Use use, std::string* out) {
  const std::size_t start = pos_++;
  const std::size_t begin = out->size();
  if (at("{")) {
    ++pos_;
    if (++nesting_ > kMaxNesting) return fail(start, "'${' is nested too deeply");
    if (!braced(start, use, out)) return false;
    --nesting_;
  } else {
    const std::string_view variable = name();
    put_value(variable, look_up(variables_.environment, variable).value_or(""), use, out);
  }
  if (use == Use::name) {
    out->resize(begin);
    out->append(line_.substr(start, pos_ - start));
  }
  return true;
}

bool Substitution::braced(std::size_t start, Use use, std::string* out) {
  const bool length = at("#");
  if (length) ++pos_;
  const bool named = !at_end() && starts_name(line_[pos_]);
  if (!named) {
    return fail(start, std::string("a name that starts with a letter or '_' must follow '") +
                           (length ? "${#'" : "${'"));
  }
  const std::string_view variable = name();
  if (length) {
    const std::string value = look_up(variables_.environment, variable).value_or("");
    if (use == Use::expand) out->append(std::to_string(count_characters(value)));
  } else if (at("}") || at_end()) {
    put_value(variable, look_up(variables_.environment, variable).value_or(""), use, out);
  } else if (!operation(start, variable, use, out)) {
    return false;
  }
  if (!at("}")) return fail(start, "the '${' has no closing '}' on its line");
  ++pos_;
  return true;
}

bool Substitution::operation(std::size_t start, std::string_view variable, Use use,
                             std::string* out) {
  const bool filled = at(":");  // an empty value counts as none
  if (filled) ++pos_;
  const char op = at_end() ? '\0' : line_[pos_];
  if (op != '-' && op != '+' && op != '?') {
    if (filled) return substring(start, variable, use, out);
    return fail(start,
                "expected one of '}', ':', '-', '+', '?' after '${" + std::string(variable) + "'");
  }
  ++pos_;
  if (op == '?') return require(start, variable, filled, use, out);
  const std::optional<std::string> value = look_up(variables_.environment, variable);
  const bool there = value && !(filled && value->empty());
  if (there && op == '-') put_value(variable, *value, use, out);
  return expression(there == (op == '+') ? use : Use::drop, true, out);
}

bool Substitution::require(std::size_t start, std::string_view variable, bool filled, Use use,
                           std::string* out) {
  const std::optional<std::string> value = look_up(variables_.environment, variable);
  const bool there = value && !(filled && value->empty());
  std::string message;
  if (!expression(Use::name, true, &message)) return false;
  if (!there && use == Use::expand) {
    if (message.empty()) message = filled ? "empty or not set" : "not set";
    return fail(start, "$" + std::string(variable) + ": " + message);
  }
  if (there) put_value(variable, *value, use, out);
  return true;
}

bool Substitution::number(std::size_t start, const char* what, std::string_view stops,
                          std::int64_t* value) {
  const std::size_t end = std::min(line_.find_first_of(stops, pos_), line_.size());
  const std::string_view text = sql::trim(line_.substr(pos_, end - pos_));
  pos_ = end;
  *value = 0;
  if (text.empty()) return true;
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *value);
  const bool sign_twice = digits.size() != text.size() && digits.starts_with('-');
  if (error == std::errc() && stop == digits.data() + digits.size() && !sign_twice) return true;
  return fail(start, "unable to parse " + std::string(what) + " '" + std::string(text) + "'");
}

bool Substitution::substring(std::size_t start, std::string_view variable, Use use,
                             std::string* out) {
  if (at("}") || at_end()) return fail(start, "an offset must follow '${NAME:'");
  std::int64_t from = 0;
  std::optional<std::int64_t> length;
  if (!number(start, "offset", ":}", &from)) return false;
  if (at(":")) {
    ++pos_;
    if (!number(start, "length", "}", &length.emplace())) return false;
  }
  const std::string value = look_up(variables_.environment, variable).value_or("");
  put_value(variable, substring_of(value, from, length), use, out);
  // A database may have more of it from elsewhere.
  if (use == Use::expand) note(variable, value);
  return true;
}

}  // namespace

bool needs_substitution(std::string_view line) { return line.find('$') != std::string_view::npos; }

std::optional<SubstitutionFailure> substitute(std::string_view line, const Variables& variables,
                                              SubstitutedLine* out) {
  out->text.clear();
  out->replacements.clear();
  Substitution substitution(line, variables, out);
  if (substitution.run()) return std::nullopt;
  return std::move(substitution).failure();
}

}  // namespace gander::script
