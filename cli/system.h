// SPDX-License-Identifier: MIT
// System: what the program asks of the machine before it touches a database: environment, files,
// the working directory. An interface, so that tests can give it any machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace gander::cli {

struct FileFacts {
  bool exists = false;
  bool directory = false;
  bool world_writable = false;
  std::uint32_t owner = 0;
};

class System {
 public:
  virtual ~System() = default;

  // Unset and empty are both nullopt.
  virtual std::optional<std::string> environment(const std::string& name) const = 0;
  virtual void set_environment(const std::string& name, const std::string& value) = 0;
  // True also for a variable that is set to nothing.
  virtual bool environment_has(const std::string& name) const = 0;

  // nullopt when it is not there. Throws Error(usage) when it cannot be read.
  virtual std::optional<std::string> read_file(const std::filesystem::path& path) const = 0;
  virtual FileFacts facts(const std::filesystem::path& path) const = 0;
  virtual std::filesystem::path working_directory() const = 0;
  virtual std::uint32_t user() const = 0;
};

// The machine itself. set_environment() is for the time before any thread is started.
std::unique_ptr<System> real_system();

// May settings be taken from this file without being asked to? The reason why not: it or its
// directory is writable by everybody or belongs to another user (root is trusted); empty if it may.
std::string distrust(const System& system, const std::filesystem::path& file);

}  // namespace gander::cli
