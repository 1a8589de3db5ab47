// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/scratch.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "src/base/host.h"
#include "src/driver/sqlite/engine.h"

namespace gander::driver::sqlite {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what, const std::string& path, int code) {
  throw Error(code == ENOENT ? ErrorCode::not_found : ErrorCode::storage,
              what + " " + path + ": " + std::strerror(code));
}

void remove(const std::string& path) noexcept {
  for (const char* suffix : {"-journal", "-wal", "-shm", ""}) {
    try {
      ::unlink((path + suffix).c_str());
    } catch (const std::bad_alloc&) {
      // It stays behind.
    }
  }
}

void sync(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int failure = descriptor < 0 || ::fsync(descriptor) != 0 ? errno : 0;
  if (descriptor >= 0) ::close(descriptor);
  if (failure != 0) fail("cannot sync", path, failure);
}

class FileScratch final : public Scratch {
 public:
  // Makes an empty file, which is an empty database.
  explicit FileScratch(Settings settings) : settings_(std::move(settings)) {
    const std::string& path = settings_.path;
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) fail("cannot make", path, errno);
    ::close(descriptor);
  }

  ~FileScratch() override {
    if (owned_) remove(settings_.path);
  }

  const std::string& name() const override { return settings_.path; }
  std::unique_ptr<Driver> driver() const override { return make_driver(settings_); }

  bool keep_as(const std::string& name) override {
    sync(settings_.path);
    if (::link(settings_.path.c_str(), name.c_str()) == 0) return true;  // and the other name goes
    if (errno == EEXIST) return false;
    // A file system without hard links. Of two that come to this at once the last one stays.
    if (fs::exists(name)) return false;
    if (::rename(settings_.path.c_str(), name.c_str()) != 0) fail("cannot make", name, errno);
    owned_ = false;
    return true;
  }

  void release() noexcept override { owned_ = false; }

 private:
  Settings settings_;
  bool owned_ = true;
};

class FileScratches final : public Scratches {
 public:
  explicit FileScratches(Settings settings) : settings_(std::move(settings)) {}

  std::unique_ptr<Scratch> make(std::string_view purpose) override {
    const std::string beside = settings_.path.empty()
                                   ? (fs::temp_directory_path() / "gander").string()
                                   : fs::absolute(settings_.path).string();
    Settings settings = settings_of(beside + "-" + std::string(purpose) + "-" + random_id(),
                                    {.create = false,
                                     .foreign_keys = settings_.foreign_keys,
                                     .restricted = settings_.restricted});
    settings.pragmas = settings_.pragmas;
    settings.pragmas.emplace_back("synchronous", "off");
    return std::make_unique<FileScratch>(std::move(settings));
  }

  std::unique_ptr<Scratch> copy(const std::string& kept, std::string_view purpose) override {
    auto scratch = make(purpose);
    std::error_code error;
    fs::copy_file(kept, scratch->name(), fs::copy_options::overwrite_existing, error);
    if (error) fail("cannot copy", kept, error.value());
    return scratch;
  }

  bool exists(const std::string& kept) override { return fs::exists(kept); }
  void drop(const std::string& kept) override { remove(kept); }

 private:
  Settings settings_;
};

}  // namespace

std::unique_ptr<Scratches> make_scratches(const Settings& settings) {
  return std::make_unique<FileScratches>(settings);
}

}  // namespace gander::driver::sqlite
