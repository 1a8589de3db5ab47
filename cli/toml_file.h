// SPDX-License-Identifier: MIT
// gander.toml: settings of a project, with named profiles.
//
//   dir = "db/migrations"
//   default_profile = "dev"         # when --profile and GANDER_PROFILE say nothing
//   [profile.dev]
//   db = "sqlite:dev.db"
//   [profile.prod]
//   db = "postgres://app:${DB_PASSWORD}@db.internal/app"
//   strict = true
//   [lint]
//   allow = ["down-missing"]
//
// The only file that uses toml++ is toml_file.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gander/lint_settings.h"

namespace gander::cli {

struct FileValue {
  std::string text;  // a boolean is "true" or "false"
  std::int64_t line = 0;
};

// By key of the table of options.
using FileSection = std::map<std::string, FileValue, std::less<>>;

struct TomlFile {
  std::optional<std::string> profile;  // the default profile
  LintSettings lint;                   // of [lint]
  FileSection base;
  std::map<std::string, FileSection, std::less<>> profiles;
};

using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

// `name` is for messages. Throws Error(usage) with file, line, column and source line: bad TOML, an
// unknown key, a wrong type.
TomlFile parse_toml_file(std::string_view text, const std::string& name);

// The text with ${NAME} replaced by `environment`; $${ stands for ${. Done for the values in use
// only, so that one profile needs no secrets of another. Throws Error(usage) for an unset variable.
std::string expand_reference(const FileValue& value, const std::string& file,
                             const Lookup& environment);

// The same for the URL of a database: what is put where a user name, a password or the value of a
// parameter stands is taken as it is, so that any password works, and percent-encoded for the URL.
// A line end at the end of a variable is dropped there. A value that is the whole URL, a host or a
// path stays as it is.
std::string expand_url(const FileValue& value, const std::string& file, const Lookup& environment);

}  // namespace gander::cli
