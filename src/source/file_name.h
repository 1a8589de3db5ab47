// SPDX-License-Identifier: MIT
// The version in a migration's file name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gander::source {

struct FileName {
  std::int64_t version = 0;  // 0: the name has no valid version, see `defect`
  std::string defect;        // what is wrong, in words that goose users know
};

// Reads the version from a base name such as "00001_init.sql": decimal digits (a leading '+' is
// accepted as goose does) before the first underscore, from 1 to 2^63-1. The extension is not
// looked at.
FileName parse_file_name(std::string_view base_name);

// parse_file_name() or Error(invalid_migration) that names `place`.
std::int64_t version_of(std::string_view base_name, const std::string& place);

}  // namespace gander::source
