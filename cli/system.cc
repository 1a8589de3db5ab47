// SPDX-License-Identifier: MIT
#include "cli/system.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "gander/error.h"

namespace gander::cli {
namespace {

class RealSystem final : public System {
 public:
  std::optional<std::string> environment(const std::string& name) const override {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return std::string(value);
  }

  void set_environment(const std::string& name, const std::string& value) override {
    ::setenv(name.c_str(), value.c_str(), 1);
  }

  bool environment_has(const std::string& name) const override {
    return std::getenv(name.c_str()) != nullptr;
  }

  std::optional<std::string> read_file(const std::filesystem::path& path) const override {
    std::FILE* file = std::fopen(path.c_str(), "rbe");
    if (file == nullptr) {
      if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
      throw unreadable(path, errno);
    }
    std::string text;
    char buffer[4096];
    std::size_t count = 0;
    while ((count = std::fread(buffer, 1, sizeof buffer, file)) > 0) text.append(buffer, count);
    const int failure = std::ferror(file) != 0 ? errno : 0;
    std::fclose(file);
    if (failure != 0) throw unreadable(path, failure);
    return text;
  }

  FileFacts facts(const std::filesystem::path& path) const override {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return {};
    return {.exists = true,
            .directory = S_ISDIR(status.st_mode),
            .world_writable = (status.st_mode & S_IWOTH) != 0,
            .owner = status.st_uid};
  }

  std::filesystem::path working_directory() const override {
    std::error_code ignored;
    return std::filesystem::current_path(ignored);
  }

  std::uint32_t user() const override { return ::geteuid(); }

 private:
  static Error unreadable(const std::filesystem::path& path, int code) {
    ErrorDetails details;
    details.code = ErrorCode::usage;
    details.message = std::string("cannot be read: ") + std::strerror(code);
    details.file = path.string();
    return Error(std::move(details));
  }
};

bool trusted(const System& system, const FileFacts& facts) {
  return !facts.world_writable && (facts.owner == system.user() || facts.owner == 0);
}

}  // namespace

std::unique_ptr<System> real_system() { return std::make_unique<RealSystem>(); }

std::string distrust(const System& system, const std::filesystem::path& file) {
  for (const auto& path : {file, file.has_parent_path() ? file.parent_path() : "."}) {
    const FileFacts facts = system.facts(path);
    if (trusted(system, facts)) continue;
    return path.string() +
           (facts.world_writable ? " is writable by everybody" : " belongs to another user");
  }
  return {};
}

}  // namespace gander::cli
