// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/scratch.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>

#include "src/base/host.h"
#include "src/driver/sqlite/engine.h"
#include "src/driver/sqlite/whole_file.h"

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

// With what is in the write-ahead log.
void check_room(const std::string& path) {
  const fs::path directory = fs::absolute(path).parent_path();
  std::error_code failed;
  const fs::space_info space = fs::space(directory, failed);
  if (failed) return;
  const auto wanted = static_cast<std::uintmax_t>(size_of(path)) +
                      static_cast<std::uintmax_t>(size_of(path + "-wal"));
  if (space.available >= wanted) return;
  throw Error(ErrorCode::storage,
              "only " + std::to_string(space.available >> 20) + " MiB are free in " +
                  directory.string() + ": a copy of the database needs " +
                  std::to_string((wanted >> 20) + 1),
              "make room, or name a copy that is somewhere else");
}

// In one step, so that nobody can write in between: readers go on, and so do writers in WAL mode
// (https://sqlite.org/backup.html).
void copy_database(const std::string& from, const std::string& to, std::chrono::milliseconds wait) {
  const WholeFile source = open_whole(from, SQLITE_OPEN_READWRITE);
  const WholeFile target = open_whole(to, SQLITE_OPEN_READWRITE);
  sqlite3_busy_timeout(source.get(), static_cast<int>(std::min<std::int64_t>(
                                         wait.count(), std::numeric_limits<int>::max())));
  sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (backup != nullptr) sqlite3_backup_step(backup, -1);
  const int code =
      backup == nullptr ? sqlite3_errcode(target.get()) : sqlite3_backup_finish(backup);
  if (code == SQLITE_OK) return;
  const bool busy = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
  fail_file(busy ? ErrorCode::locked : ErrorCode::storage, from,
            std::string("the database cannot be copied: ") + sqlite3_errmsg(target.get()),
            busy ? "wait for the program that writes, or raise the limit with Options::wait"
                 : "check the disk");
}

class FileScratches final : public Scratches {
 public:
  FileScratches(Settings settings, std::chrono::milliseconds wait)
      : settings_(std::move(settings)), wait_(wait) {}

  std::unique_ptr<Scratch> make(std::string_view purpose) override { return make(purpose, false); }

  std::unique_ptr<Scratch> copy(const std::string& kept, std::string_view purpose) override {
    auto scratch = make(purpose);
    std::error_code error;
    fs::copy_file(kept, scratch->name(), fs::copy_options::overwrite_existing, error);
    if (error) fail("cannot copy", kept, error.value());
    return scratch;
  }

  std::unique_ptr<Scratch> duplicate(std::string_view purpose) override {
    if (settings_.path.empty()) {
      throw Error(ErrorCode::unsupported, "a database in memory cannot be copied",
                  "name the file of a database");
    }
    check_room(settings_.path);
    auto scratch = make(purpose, true);
    copy_database(settings_.path, scratch->name(), wait_);
    return scratch;
  }

  bool exists(const std::string& kept) override { return fs::exists(kept); }
  void drop(const std::string& kept) override { remove(kept); }

 private:
  // `durable`: as the database itself is, which takes its time.
  std::unique_ptr<FileScratch> make(std::string_view purpose, bool durable) const {
    const std::string beside = settings_.path.empty()
                                   ? (fs::temp_directory_path() / "gander").string()
                                   : fs::absolute(settings_.path).string();
    Settings settings = settings_of(beside + "-" + std::string(purpose) + "-" + random_id(),
                                    {.create = false,
                                     .foreign_keys = settings_.foreign_keys,
                                     .restricted = settings_.restricted});
    settings.pragmas = settings_.pragmas;
    if (!durable) settings.pragmas.emplace_back("synchronous", "off");
    return std::make_unique<FileScratch>(std::move(settings));
  }

  const Settings settings_;
  const std::chrono::milliseconds wait_;
};

}  // namespace

std::unique_ptr<Scratches> make_scratches(const Settings& settings,
                                          std::chrono::milliseconds wait) {
  return std::make_unique<FileScratches>(settings, wait);
}

}  // namespace gander::driver::sqlite
