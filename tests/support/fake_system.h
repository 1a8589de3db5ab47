// SPDX-License-Identifier: MIT
// FakeSystem: a machine made of maps, for tests.
#pragma once

#include <map>
#include <string>

#include "cli/system.h"

namespace gander::cli {

class FakeSystem final : public System {
 public:
  static constexpr std::uint32_t kUser = 1000;

  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;
  std::map<std::string, FileFacts> special;  // facts of paths that are not plain files of the user
  std::string directory = "/home/me/project";

  std::optional<std::string> environment(const std::string& name) const override {
    const auto found = variables.find(name);
    if (found == variables.end() || found->second.empty()) return std::nullopt;
    return found->second;
  }
  void set_environment(const std::string& name, const std::string& value) override {
    variables[name] = value;
  }
  bool environment_has(const std::string& name) const override { return variables.contains(name); }

  std::optional<std::string> read_file(const std::filesystem::path& path) const override {
    const auto found = files.find(path.string());
    if (found == files.end()) return std::nullopt;
    return found->second;
  }
  FileFacts facts(const std::filesystem::path& path) const override {
    if (const auto found = special.find(path.string()); found != special.end()) {
      return found->second;
    }
    if (files.contains(path.string())) return {.exists = true, .owner = kUser};
    const bool known = path == "." || directory.starts_with(path.string());
    return {.exists = known, .directory = known, .owner = kUser};
  }
  std::filesystem::path working_directory() const override { return directory; }
  std::uint32_t user() const override { return kUser; }
};

}  // namespace gander::cli
