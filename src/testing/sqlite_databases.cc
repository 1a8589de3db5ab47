// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "gander/error.h"
#include "gander/sqlite.h"
#include "gander/testing.h"
#include "src/driver/driver.h"
#include "src/testing/template.h"

namespace gander::testing {
namespace {

namespace fs = std::filesystem;

struct CloseHandle {
  void operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }
};
using Handle = std::unique_ptr<sqlite3, CloseHandle>;

[[noreturn]] void throw_storage(const std::string& what, const std::string& why) {
  throw Error(ErrorCode::storage, what + ": " + why,
              "name another directory in TemplateOptions::directory");
}

[[noreturn]] void throw_errno(const std::string& what) {
  throw_storage(what, std::strerror(errno));
}

Handle open_database(const fs::path& path, int flags) {
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Handle owner(handle);
  if (result != SQLITE_OK) throw_storage("cannot open " + path.string(), sqlite3_errmsg(handle));
  return owner;
}

// What a template was made from is in its name, so nobody else may put files there.
void check_directory(const fs::path& directory) {
  struct stat status{};
  if (::lstat(directory.c_str(), &status) != 0) throw_errno("cannot use " + directory.string());
  const bool ours =
      S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() && (status.st_mode & S_IWOTH) == 0;
  if (!ours) {
    throw_storage("cannot use " + directory.string(),
                  "it is not a directory of this user alone, and a template could be forged");
  }
}

fs::path prepare_directory(const fs::path& wanted) {
  const fs::path directory =
      wanted.empty()
          ? fs::temp_directory_path() / ("gander-templates-" + std::to_string(::geteuid()))
          : wanted;
  std::error_code ignored;  // a parent that cannot be made shows in the next call
  if (directory.has_parent_path()) fs::create_directories(directory.parent_path(), ignored);
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    throw_errno("cannot make " + directory.string());
  }
  check_directory(directory);
  return directory;
}

}  // namespace

SqliteFile::SqliteFile(fs::path path) : path_(std::move(path)) {}
SqliteFile::~SqliteFile() { remove(); }
SqliteFile::SqliteFile(SqliteFile&& other) noexcept : path_(std::move(other.path_)) {
  other.path_.clear();
}

SqliteFile& SqliteFile::operator=(SqliteFile&& other) noexcept {
  if (this != &other) {
    remove();
    path_ = std::move(other.path_);
    other.path_.clear();
  }
  return *this;
}

void SqliteFile::remove() noexcept {
  if (path_.empty()) return;
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    ::unlink((path_.string() + suffix).c_str());
  }
}

class SqliteDatabases::Impl final : public Template {
 public:
  Impl(Source source, TemplateOptions options)
      : Template(std::move(source), std::move(options), sqlite3_libversion()) {}

  SqliteFile make() { return SqliteFile(copy()); }

  void load(sqlite3* handle) {
    const std::string& path = prepare();
    if (opened_ == nullptr) opened_ = open_database(path, SQLITE_OPEN_READONLY);
    sqlite3_backup* backup = sqlite3_backup_init(handle, "main", opened_.get(), "main");
    if (backup == nullptr) throw_storage("cannot load the template", sqlite3_errmsg(handle));
    const int result = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (result != SQLITE_DONE) throw_storage("cannot load the template", sqlite3_errstr(result));
  }

 private:
  driver::Scratches& kept() override {
    if (kept_ == nullptr) {
      directory_ = prepare_directory(options().directory);
      kept_ = sqlite((directory_ / "gander").string()).driver().scratches({});
    }
    return *kept_;
  }
  driver::Scratches& passing() override { return *passing_; }
  std::string name_of(const std::string& digest) override {
    return (directory_ / ("sqlite-" + digest + ".db")).string();
  }

  fs::path directory_;
  std::unique_ptr<driver::Scratches> kept_;
  // A database in memory has its files where temporary ones are.
  std::unique_ptr<driver::Scratches> passing_ = sqlite(":memory:").driver().scratches({});
  Handle opened_;
};

SqliteDatabases::SqliteDatabases(Source source, TemplateOptions options)
    : impl_(std::make_unique<Impl>(std::move(source), std::move(options))) {}
SqliteDatabases::~SqliteDatabases() = default;
SqliteDatabases::SqliteDatabases(SqliteDatabases&&) noexcept = default;
SqliteDatabases& SqliteDatabases::operator=(SqliteDatabases&&) noexcept = default;

SqliteFile SqliteDatabases::make() { return impl_->make(); }
void SqliteDatabases::load(sqlite3* handle) { impl_->load(handle); }
fs::path SqliteDatabases::template_path() { return impl_->prepare(); }

}  // namespace gander::testing
