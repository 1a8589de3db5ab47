// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/administration.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "src/driver/sqlite/place.h"
#include "src/driver/sqlite/whole_file.h"

namespace gander::driver::sqlite {
namespace {

namespace fs = std::filesystem;

// What SQLite makes new files with.
constexpr mode_t kMode = 0644;

class FileAdministration final : public Administration {
 public:
  explicit FileAdministration(Settings settings)
      : settings_(std::move(settings)), name_(fs::path(settings_.path).filename().string()) {}

  const std::string& name() const override { return name_; }
  bool exists() override { return ::access(settings_.path.c_str(), F_OK) == 0; }

  // An empty file is an empty database.
  bool create() override {
    if (exists()) return false;
    refuse_read_only("made");
    const fs::path file = behind_links(settings_.path);
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
    if (descriptor >= 0) {
      ::close(descriptor);
      sync_directory_of(file);
      return true;
    }
    const int code = errno;
    if (code == EEXIST) return false;
    ErrorDetails details;
    details.code = ErrorCode::connection;
    if (explain_unopened_file(file.string(), false, &details)) throw Error(std::move(details));
    fail_system(file, "cannot be made", code);
  }

  // `terminate`: nobody ends the connections of other programs.
  bool drop(bool /*terminate*/) override {
    if (!exists()) return false;
    refuse_read_only("dropped");
    const fs::path file = behind_links(settings_.path);
    refuse_other_kinds(file);
    const WholeFile lock = lock_out_others(file);
    refuse_what_is_no_database(lock.get(), file);
    // The journals first: without them a crash leaves an older state of what is to go, and the
    // other way round they would be played into the next file of this name.
    remove_journals(file);
    if (::unlink(file.c_str()) != 0) fail_system(file, "cannot be removed", errno);
    sync_directory_of(file);
    return true;
  }

 private:
  void refuse_read_only(const char* what) const {
    if (!settings_.read_only) return;
    fail_file(ErrorCode::not_writable, settings_.path,
              std::string("the URL opens the database to be read only, and it is to be ") + what,
              "take mode=ro out of the URL");
  }

  static void refuse_what_is_no_database(sqlite3* handle, const fs::path& file) {
    const int code =
        sqlite3_exec(handle, "SELECT count(*) FROM sqlite_master", nullptr, nullptr, nullptr);
    const bool short_of_a_header = size_of(file) > 0 && size_of(file) < kSmallestDatabase;
    if (code == SQLITE_OK && !short_of_a_header) return;
    fail_file(ErrorCode::usage, file,
              code == SQLITE_OK ? std::string("this is no SQLite database")
                                : std::string(sqlite3_errmsg(handle)),
              "nothing was removed; remove it by other means if it is to go");
  }

  const Settings settings_;
  const std::string name_;
};

}  // namespace

std::unique_ptr<Administration> make_administration(const Settings& settings) {
  if (settings.path.empty()) return nullptr;
  return std::make_unique<FileAdministration>(settings);
}

}  // namespace gander::driver::sqlite
