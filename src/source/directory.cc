// SPDX-License-Identifier: MIT
// gander::directory(): the migrations of one directory, by name only; no file is opened here.
#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "gander/error.h"
#include "gander/source.h"
#include "src/source/file_name.h"
#include "src/source/migration.h"

namespace gander {
namespace source {
namespace {

class DirectoryReader final : public Reader {
 public:
  DirectoryReader(std::string path, DirectoryOptions options)
      : path_(std::move(path)), options_(std::move(options)) {}

  std::string description() const override { return "the directory " + path_; }

  void append(std::vector<Migration>* migrations) const override {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path_.c_str()), ::closedir);
    if (directory == nullptr) throw_unreadable(errno);
    const std::string prefix = path_ == "." ? "" : path_.ends_with('/') ? path_ : path_ + "/";
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(directory.get());
      if (entry == nullptr) break;
      append_file(entry->d_name, prefix, migrations);
    }
    if (errno != 0) throw_unreadable(errno);
  }

 private:
  void append_file(std::string_view name, const std::string& prefix,
                   std::vector<Migration>* migrations) const {
    const bool sql = name.ends_with(".sql");
    const bool go = name.ends_with(".go") && !name.ends_with("_test.go");
    if (!sql && !go) return;
    if (std::find(options_.exclude.begin(), options_.exclude.end(), name) !=
        options_.exclude.end()) {
      return;
    }
    Migration migration;
    migration.name = name;
    migration.place = prefix + migration.name;
    migration.on_disk = true;
    migration.kind = sql ? Kind::sql : Kind::go_file;
    const FileName parsed = parse_file_name(name);
    migration.version = parsed.version;
    if (parsed.version == 0) {
      // Helpers among Go files are common; a stray .sql file is more likely a misnamed migration.
      if (go || options_.ignore_unversioned) return;
      version_of(name, migration.place);
    }
    migrations->push_back(std::move(migration));
  }

  [[noreturn]] void throw_unreadable(int reason) const {
    ErrorDetails details;
    details.code =
        reason == ENOENT || reason == ENOTDIR ? ErrorCode::not_found : ErrorCode::invalid_migration;
    details.file = path_;
    if (reason == ENOENT) {
      details.message = "directory does not exist";
      details.hint =
          "give the migrations directory with gander::directory(), or make it with `gander create`";
    } else {
      details.message = std::string("cannot read the directory: ") + std::strerror(reason);
      details.hint = "check that this is a directory and that this user may read it";
    }
    throw Error(std::move(details));
  }

  std::string path_;
  DirectoryOptions options_;
};

}  // namespace
}  // namespace source

Source directory(std::filesystem::path path, DirectoryOptions options) {
  if (path.empty()) {
    throw Error(ErrorCode::usage, "the path of the migrations directory is empty",
                "name a directory, or \".\" for the working directory");
  }
  // As goose cleans paths: "./migrations/" is shown as "migrations".
  std::string cleaned = path.lexically_normal().string();
  while (cleaned.size() > 1 && cleaned.ends_with('/')) cleaned.pop_back();
  return Source(std::make_shared<source::DirectoryReader>(cleaned.empty() ? "." : cleaned,
                                                          std::move(options)));
}

}  // namespace gander
