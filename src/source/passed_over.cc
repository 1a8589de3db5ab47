// SPDX-License-Identifier: MIT
#include "src/source/passed_over.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "src/source/file_name.h"

namespace gander::source {
namespace {

constexpr std::string_view kExtension = ".sql";
constexpr std::array<std::string_view, 7> kLeftovers = {"~",    ".bak", ".orig", ".rej",
                                                        ".swp", ".tmp", ".conf"};

std::string in_small_letters(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return small;
}

bool looks_like_a_migration(std::string_view name) {
  const std::string small = in_small_letters(name);
  if (name.ends_with(kExtension) || small.find(kExtension) == std::string::npos) return false;
  if (std::any_of(kLeftovers.begin(), kLeftovers.end(),
                  [&](std::string_view end) { return small.ends_with(end); })) {
    return false;
  }
  return parse_file_name(name).version > 0;
}

}  // namespace

PassedOver passed_over(const std::string& directory) {
  PassedOver found;
  std::error_code failed;
  std::filesystem::directory_iterator at(directory.empty() ? "." : directory, failed);
  for (; !failed && at != std::filesystem::directory_iterator(); at.increment(failed)) {
    std::error_code ignored;
    if (at->is_directory(ignored)) continue;
    const std::string name = at->path().filename().string();
    if (name.starts_with("._") && name.ends_with(kExtension)) {
      found.sidecars.push_back(name);
    } else if (looks_like_a_migration(name)) {
      found.misnamed.push_back(name);
    }
  }
  std::sort(found.misnamed.begin(), found.misnamed.end());
  std::sort(found.sidecars.begin(), found.sidecars.end());
  return found;
}

}  // namespace gander::source
