// SPDX-License-Identifier: MIT
#include "cli/advice.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/options.h"

namespace gander::cli {
namespace {

constexpr std::string_view kOption = "Options::";
constexpr std::string_view kResolution = "Resolution::";
constexpr std::string_view kRunner = "MigrationRunner::";

// What is not called as it is here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kNames = {{
    {"MigrationRunner::drift()", "gander diff"},
    {"MarkRequest::force", "--force"},
    {"RehearseOptions::rows", "--copy"},
    {"RehearseOptions::on", "--on URL"},
    {"MigrationRunner::release_lock(true)", "gander lock release --terminate"},
    {"MigrationRunner::release_lock()", "gander lock release"},
    {"MigrationRunner::lock_status()", "gander lock status"},
    {"gander::directory()", "--dir"},
    {"compare_sums()", "gander sum --check"},
    {"MigrationRunner::lint()", "gander lint --pending"},
    {"gander::lint_rules()", "gander lint --rules"},
}};

std::string_view word_at(std::string_view text) {
  return text.substr(0, text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"));
}

std::string flag(std::string_view name) {
  std::string text = "--" + std::string(name);
  std::ranges::replace(text, '_', '-');
  return text;
}

// `accept(5)`: gander accept 5 --reason TEXT.
std::string command(std::string_view call) {
  const std::string_view name = word_at(call);
  std::string text = "gander " + std::string(name);
  std::ranges::replace(text, '_', '-');
  const std::string_view arguments = call.substr(name.size() + 1, call.size() - name.size() - 2);
  const std::string_view version = arguments.substr(0, arguments.find(','));
  if (!version.empty()) text += " " + std::string(version);
  const std::size_t resolution = arguments.find(kResolution);
  if (resolution != std::string_view::npos) {
    text += " " + flag(word_at(arguments.substr(resolution + kResolution.size())));
  }
  if (name == "drop_database") {
    const bool terminate = arguments.ends_with(", true");
    return "gander drop-database --confirm " + std::string(version) +
           (terminate ? " --terminate" : "");
  }
  if (name == "accept") text += version.empty() ? " VERSION --reason TEXT" : " --reason TEXT";
  return text;
}

bool is_option(std::string_view name) {
  return std::ranges::any_of(kOptions, [&](const Option& option) { return option.key == name; });
}

// What the text begins with and what stands for it; nothing where the text is to stay.
std::pair<std::size_t, std::string> replaced(std::string_view text) {
  for (const auto& [name, here] : kNames) {
    if (text.starts_with(name)) return {name.size(), std::string(here)};
  }
  for (const std::string_view prefix : {kOption, kResolution}) {
    if (!text.starts_with(prefix)) continue;
    const std::string_view name = word_at(text.substr(prefix.size()));
    const bool known = !name.empty() && (prefix == kResolution || is_option(name));
    if (known) return {prefix.size() + name.size(), flag(name)};
  }
  if (text.starts_with(kRunner)) {
    const std::size_t close = text.find(')');
    const std::size_t open = kRunner.size() + word_at(text.substr(kRunner.size())).size();
    if (close != std::string_view::npos && open < close && text[open] == '(') {
      return {close + 1, command(text.substr(kRunner.size(), close + 1 - kRunner.size()))};
    }
  }
  return {0, {}};
}

}  // namespace

std::string advice(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    auto [size, here] = replaced(text);
    if (size == 0) {
      shown += text.front();
      size = 1;
    }
    shown += here;
    text.remove_prefix(size);
  }
  return shown;
}

}  // namespace gander::cli
