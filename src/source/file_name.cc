// SPDX-License-Identifier: MIT
#include "src/source/file_name.h"

#include <charconv>
#include <utility>

#include "gander/error.h"

namespace gander::source {

FileName parse_file_name(std::string_view base_name) {
  const std::size_t underscore = base_name.find('_');
  if (underscore == std::string_view::npos) return {0, "no filename separator '_' found"};
  const std::string_view prefix = base_name.substr(0, underscore);
  std::string_view digits = prefix;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t version = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, failure] = std::from_chars(digits.data(), end, version);
  const auto defect = [&](const char* what) {
    return FileName{0, "version \"" + std::string(prefix) + "\" is " + what};
  };
  if (failure == std::errc::result_out_of_range) return defect("out of range");
  if (failure != std::errc{} || stop != end) return defect("not a number");
  if (version < 1) return {0, "migration version must be greater than zero"};
  return {version, {}};
}

std::int64_t version_of(std::string_view base_name, const std::string& place) {
  FileName name = parse_file_name(base_name);
  if (name.version > 0) return name.version;
  ErrorDetails details;
  details.code = ErrorCode::invalid_migration;
  details.file = place;
  details.message = "the file name has no version: " + name.defect;
  details.hint = "name it VERSION_NAME.sql, for example 00001_init.sql, or move it elsewhere";
  throw Error(std::move(details));
}

}  // namespace gander::source
