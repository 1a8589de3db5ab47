// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "gander/error.h"
#include "gander/migration_runner.h"
#include "gander/sqlite.h"
#include "gander/testing.h"
#include "src/base/host.h"
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

fs::path make_temporary(const std::string& name, bool directory) {
  std::string path = (fs::temp_directory_path() / (name + "-XXXXXX")).string();
  if (directory) {
    if (::mkdtemp(path.data()) == nullptr) throw_errno("cannot make " + path);
    return path;
  }
  const int descriptor = ::mkstemp(path.data());
  if (descriptor < 0) throw_errno("cannot make " + path);
  ::close(descriptor);
  return path;
}

void sync_file(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) throw_errno("cannot sync " + path.string());
}

std::string template_name(const Source& source, const TemplateOptions& options) {
  return "sqlite-" + template_digest(source, options, sqlite3_libversion()) + ".db";
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

class SqliteDatabases::Impl {
 public:
  Impl(Source source, TemplateOptions options) : source_(source), options_(std::move(options)) {}

  ~Impl() {
    opened_.reset();
    std::error_code ignored;  // a leftover in the directory for temporary files
    if (!private_directory_.empty()) fs::remove_all(private_directory_, ignored);
  }

  const fs::path& prepare() {
    if (!template_.empty()) return template_;
    fs::path directory;
    if (has_functions(source_)) {
      if (private_directory_.empty()) private_directory_ = make_temporary("gander-template", true);
      directory = private_directory_;
    } else {
      directory = prepare_directory(options_.directory);
    }
    const fs::path path = directory / template_name(source_, options_);
    if (!fs::exists(path)) migrate(path);
    template_ = path;
    return template_;
  }

  SqliteFile make() {
    prepare();
    SqliteFile file(make_temporary("gander-database", false));
    std::error_code error;
    fs::copy_file(template_, file.path(), fs::copy_options::overwrite_existing, error);
    if (error) throw_storage("cannot copy " + template_.string(), error.message());
    return file;
  }

  void load(sqlite3* handle) {
    prepare();
    if (opened_ == nullptr) opened_ = open_database(template_, SQLITE_OPEN_READONLY);
    sqlite3_backup* backup = sqlite3_backup_init(handle, "main", opened_.get(), "main");
    if (backup == nullptr) throw_storage("cannot load the template", sqlite3_errmsg(handle));
    const int result = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (result != SQLITE_DONE) throw_storage("cannot load the template", sqlite3_errstr(result));
  }

 private:
  // Under a name of this process's own until it is complete; of two that do it at the same time the
  // second one's rename replaces a template by its like.
  void migrate(const fs::path& path) {
    SqliteFile partial(path.string() + ".partial-" + random_id());
    {
      const Handle handle =
          open_database(partial.path(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
      // One sync at the end is enough for a file that has no other reader.
      sqlite3_exec(handle.get(), "PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
      MigrationRunner(borrow(handle.get()), source_, options_.migration).up();
    }
    sync_file(partial.path());
    if (::rename(partial.path().c_str(), path.c_str()) != 0)
      throw_errno("cannot make " + path.string());
  }

  Source source_;
  TemplateOptions options_;
  fs::path template_;
  fs::path private_directory_;
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
