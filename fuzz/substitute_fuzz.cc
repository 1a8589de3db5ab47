// SPDX-License-Identifier: MIT
// Fuzz target for the substitution of environment variables; the input is one line.
//
// Holds for every line: no crash; what stands before in the output stays; a line without a dollar
// is given back; values are not scanned again; a failure names a `$` of the line and its cause.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/require.h"
#include "src/script/substitute.h"

using gander::fuzz::require;
using gander::script::Environment;
using gander::script::substitute;
using gander::script::SubstitutionFailure;

namespace {

// A is `value`, B is empty, all others are unset.
Environment environment_with(const std::string& value) {
  return [value](std::string_view name) -> std::optional<std::string> {
    if (name == "A") return value;
    if (name == "B") return std::string();
    return std::nullopt;
  };
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view line = gander::fuzz::text_of(data, size);
  line = line.substr(0, line.find('\n'));

  std::string out = "before";
  const std::optional<SubstitutionFailure> failure =
      substitute(line, environment_with("value"), &out);
  require(out.starts_with("before"), "what stands before stays");
  if (!gander::script::needs_substitution(line)) {
    require(!failure && out == "before" + std::string(line), "a plain line is given back");
  }
  if (failure) {
    require(!failure->cause.empty(), "a failure has a cause");
    require(failure->offset < line.size() && line[failure->offset] == '$',
            "a failure names its dollar");
    return 0;
  }

  // A value that looks like an expression arrives as it is. (Offsets and lengths may cut a value,
  // so lines with a colon are left out.)
  constexpr std::string_view kMark = "\x01";
  constexpr std::string_view kExpression = "${B:-$$}\\$A";
  if (line.find(':') != std::string_view::npos || line.find(kMark) != std::string_view::npos) {
    return 0;
  }
  std::string marked;
  std::string twice;
  require(!substitute(line, environment_with(std::string(kMark)), &marked), "values cannot fail");
  require(!substitute(line, environment_with(std::string(kExpression)), &twice),
          "values cannot fail");
  require(replaced(marked, kMark, kExpression) == twice, "values are not scanned again");
  return 0;
}
