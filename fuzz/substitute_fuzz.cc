// SPDX-License-Identifier: MIT
// Fuzz target for the substitution of environment variables; the input is one line.
//
// Holds for every line: no crash; what is not replaced is equal; a line without a dollar
// is given back; values are not scanned again; a failure names a `$` of the line and its cause.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/require.h"
#include "src/script/substitute.h"

using gander::fuzz::require;
using gander::script::substitute;
using gander::script::SubstitutedLine;
using gander::script::SubstitutionFailure;
using gander::script::Variables;

namespace {

// A is `value`, B is empty, all others are unset.
Variables variables_with(const std::string& value) {
  return {[value](std::string_view name) -> std::optional<std::string> {
    if (name == "A") return value;
    if (name == "B") return std::string();
    return std::nullopt;
  }};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

// What is not replaced is equal on both sides.
void check_replacements(std::string_view line, const SubstitutedLine& out) {
  std::size_t begin = 0;
  std::size_t source = 0;
  for (const auto& part : out.replacements) {
    require(part.begin >= begin && part.source_begin >= source, "replacements are in order");
    require(std::string_view(out.text).substr(begin, part.begin - begin) ==
                line.substr(source, part.source_begin - source),
            "nothing else is replaced");
    begin = part.end;
    source = part.source_end;
  }
  require(std::string_view(out.text).substr(begin) == line.substr(source), "the rest is equal");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view line = gander::fuzz::text_of(data, size);
  line = line.substr(0, line.find('\n'));

  SubstitutedLine out;
  const std::optional<SubstitutionFailure> failure =
      substitute(line, variables_with("value"), &out);
  if (!gander::script::needs_substitution(line)) {
    require(!failure && out.text == line, "a plain line is given back");
  }
  if (failure) {
    require(!failure->cause.empty(), "a failure has a cause");
    require(failure->offset < line.size() && line[failure->offset] == '$',
            "a failure names its dollar");
    return 0;
  }
  check_replacements(line, out);

  // A value that looks like an expression arrives as it is. (Offsets may cut a value, and lengths
  // count it, so lines with a colon or a number sign are left out.)
  constexpr std::string_view kMark = "\x01";
  constexpr std::string_view kExpression = "${B:-$$}\\$A";
  if (line.find_first_of(":#") != std::string_view::npos ||
      line.find(kMark) != std::string_view::npos) {
    return 0;
  }
  SubstitutedLine marked;
  SubstitutedLine twice;
  require(!substitute(line, variables_with(std::string(kMark)), &marked), "values cannot fail");
  require(!substitute(line, variables_with(std::string(kExpression)), &twice),
          "values cannot fail");
  require(replaced(marked.text, kMark, kExpression) == twice.text, "values are not scanned again");
  return 0;
}
