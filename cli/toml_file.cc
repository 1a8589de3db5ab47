// SPDX-License-Identifier: MIT
#include "cli/toml_file.h"

// All of toml++ lives in this file, so its parser is compiled here and no shared library is loaded,
// whatever the package's own settings say.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#include <fmt/format.h>
#include <toml++/toml.h>

#include <vector>

#include "cli/arguments.h"
#include "cli/settings.h"
#include "gander/error.h"

namespace gander::cli {
namespace {

struct Document {
  std::string_view text;
  const std::string& name;
};

std::string source_line(std::string_view text, std::int64_t line) {
  for (std::int64_t i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return std::string(text.substr(0, text.find('\n')));
}

// A line that sets `db` may hold a password and is not shown.
bool may_hold_secret(std::string_view line) {
  return line.find("db") != std::string_view::npos || line.find("://") != std::string_view::npos ||
         line.find("pass") != std::string_view::npos;
}

[[noreturn]] void fail(const Document& document, const toml::source_position& place,
                       std::string message, std::string hint = {}) {
  ErrorDetails details;
  details.code = ErrorCode::usage;
  details.message = std::move(message);
  details.hint = std::move(hint);
  details.file = document.name;
  details.line = place.line;
  details.column = place.column;
  std::string line = source_line(document.text, place.line);
  if (!may_hold_secret(line)) details.source_line = std::move(line);
  throw Error(std::move(details));
}

std::string type_text(Setting::Kind kind) {
  switch (kind) {
    case Setting::Kind::boolean:
      return "true or false";
    case Setting::Kind::duration:
      return "a duration in quotes, for example \"90s\"";
    default:
      return "a text in quotes";
  }
}

FileValue read_value(const Document& document, const Setting& setting, const toml::node& node) {
  FileValue value{.text = {}, .line = node.source().begin.line};
  if (setting.kind == Setting::Kind::boolean && node.is_boolean()) {
    value.text = node.as_boolean()->get() ? "true" : "false";
    return value;
  }
  if (setting.kind != Setting::Kind::boolean && node.is_string()) {
    value.text = node.as_string()->get();
    return value;
  }
  fail(document, node.source().begin,
       fmt::format("{} must be {}", setting.key, type_text(setting.kind)));
}

[[noreturn]] void unknown_key(const Document& document, const toml::key& key) {
  std::vector<std::string_view> names{"default_profile", "profile"};
  for (const Setting& setting : settings()) names.push_back(setting.key);
  const std::string_view near = nearest(key.str(), names);
  fail(document, key.source().begin, fmt::format("unknown key {}", key.str()),
       near.empty() ? fmt::format("one of: {}", fmt::join(names, ", ")) : std::string(near));
}

FileSection read_section(const Document& document, const toml::table& table) {
  FileSection section;
  for (const auto& [key, node] : table) {
    if (key.str() == "profile" || key.str() == "default_profile") continue;
    const Setting* setting = find_setting(key.str());
    if (setting == nullptr) unknown_key(document, key);
    section.emplace(key.str(), read_value(document, *setting, node));
  }
  return section;
}

void read_profiles(const Document& document, const toml::table& profiles, TomlFile* file) {
  for (const auto& [key, node] : profiles) {
    const toml::table* section = node.as_table();
    if (section == nullptr) {
      fail(document, key.source().begin, "a profile is a section",
           fmt::format("[profile.{}]", key.str()));
    }
    for (std::string_view outer : {"profile", "default_profile"}) {
      const toml::node* nested = section->get(outer);
      if (nested == nullptr) continue;
      fail(document, nested->source().begin, fmt::format("{} cannot be in a profile", outer));
    }
    file->profiles.emplace(key.str(), read_section(document, *section));
  }
}

}  // namespace

TomlFile parse_toml_file(std::string_view text, const std::string& name) {
  const Document document{.text = text, .name = name};
  toml::table table;
  try {
    table = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    fail(document, error.source().begin, std::string(error.description()),
         "texts stand in quotes, true and false do not");
  }
  TomlFile file;
  file.base = read_section(document, table);
  if (const toml::node* chosen = table.get("default_profile")) {
    if (!chosen->is_string()) {
      fail(document, chosen->source().begin, "default_profile must be a text in quotes");
    }
    file.profile = chosen->as_string()->get();
  }
  if (const toml::node* profiles = table.get("profile")) {
    if (!profiles->is_table()) {
      fail(document, profiles->source().begin, "profile is a section",
           "default_profile = \"NAME\" chooses one");
    }
    read_profiles(document, *profiles->as_table(), &file);
  }
  return file;
}

std::string expand_reference(const FileValue& value, const std::string& file,
                             const Lookup& environment) {
  std::string result;
  std::string_view rest = value.text;
  while (!rest.empty()) {
    const std::size_t dollar = rest.find("${");
    result += rest.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    rest.remove_prefix(dollar + 2);
    if (result.ends_with('$')) {
      result += '{';
      continue;
    }
    const std::size_t end = rest.find('}');
    const std::string name(rest.substr(0, end));
    const auto found = environment(name);
    if (end == std::string_view::npos || !found) {
      ErrorDetails details;
      details.code = ErrorCode::usage;
      details.message = end == std::string_view::npos
                            ? std::string("a ${ without its }")
                            : fmt::format("the variable {} is not set", name);
      details.hint = "set it, or write $${ for a plain ${";
      details.file = file;
      details.line = value.line;
      throw Error(std::move(details));
    }
    result += *found;
    rest.remove_prefix(end + 1);
  }
  return result;
}

}  // namespace gander::cli
