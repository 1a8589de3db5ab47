// SPDX-License-Identifier: MIT
// Fuzz target for the files of settings: after '0' the rest is a gander.toml, after '1' a `.env`.
//
// Holds for every text: it is read, or refused as a usage error that names a line; the values of a
// gander.toml belong to settings that exist; an expanded value holds no reference and fails only
// for an unset variable or a brace that is not closed; a variable has a name.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/dotenv.h"
#include "cli/options.h"
#include "cli/toml_file.h"
#include "fuzz/require.h"
#include "gander/error.h"

using gander::fuzz::require;

namespace {

std::int64_t lines_of(std::string_view text) {
  return 1 + std::count(text.begin(), text.end(), '\n');
}

void check_error(const gander::Error& error, std::string_view text) {
  const gander::ErrorDetails& details = error.details();
  require(details.code == gander::ErrorCode::usage, "the error's code");
  require(!details.message.empty(), "an error says what is wrong");
  require(details.line >= 1 && details.line <= lines_of(text), "an error names a line");
}

void check_section(const gander::cli::FileSection& section, std::string_view text) {
  for (const auto& [key, value] : section) {
    require(gander::cli::find_setting(key) != nullptr, "only known settings are read");
    require(value.line >= 1 && value.line <= lines_of(text), "a value has its line");
    const auto lookup = [](const std::string& name) -> std::optional<std::string> {
      if (name == "A") return "value";
      return std::nullopt;
    };
    try {
      const std::string expanded = gander::cli::expand_reference(value, "gander.toml", lookup);
      require(value.text.find("${") != std::string::npos || expanded == value.text,
              "a value without a reference stays");
    } catch (const gander::Error& error) {
      check_error(error, text);
      require(value.text.find("${") != std::string::npos, "only a reference can fail");
    }
  }
}

void read_toml(std::string_view text) {
  try {
    const gander::cli::TomlFile file = gander::cli::parse_toml_file(text, "gander.toml");
    check_section(file.base, text);
    for (const auto& [name, section] : file.profiles) check_section(section, text);
  } catch (const gander::Error& error) {
    check_error(error, text);
    require(error.details().file == "gander.toml", "an error names the file");
  }
}

void read_dotenv(std::string_view text) {
  try {
    for (const auto& [name, value] : gander::cli::parse_dotenv(text)) {
      require(!name.empty() && name.find('=') == std::string::npos, "a variable has a name");
    }
  } catch (const gander::Error& error) {
    check_error(error, text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = gander::fuzz::text_of(data, size, 1);
  if (size > 0 && data[0] == '1') {
    read_dotenv(text);
  } else {
    read_toml(text);
  }
  return 0;
}
