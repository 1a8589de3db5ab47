// SPDX-License-Identifier: MIT
#include "src/source/create.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <locale.h>
#include <sys/file.h>
#include <unistd.h>
#include <wctype.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include "gander/error.h"
#include "src/source/file_name.h"

namespace gander::source {
namespace {

namespace fs = std::filesystem;

constexpr int kSequenceDigits = 5;

[[noreturn]] void fail(ErrorCode code, const fs::path& file, std::string message,
                       std::string hint) {
  ErrorDetails details;
  details.code = code;
  details.file = file.string();
  details.message = std::move(message);
  details.hint = std::move(hint);
  throw Error(std::move(details));
}

[[noreturn]] void fail_to_write(const fs::path& file, int code) {
  const bool refused = code == EACCES || code == EPERM || code == EROFS;
  fail(refused ? ErrorCode::not_writable : ErrorCode::storage, file,
       fmt::format("cannot be written: {}", std::strerror(code)),
       refused ? "check the permissions of the directory" : "check the disk");
}

struct VersionedFile {
  std::string name;
  std::int64_t version = 0;
};

bool is_go_test(std::string_view name) { return name.ends_with("_test.go"); }

std::vector<VersionedFile> versioned_files(const fs::path& directory) {
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  if (error) {
    fail(ErrorCode::not_found, directory,
         error == std::errc::no_such_file_or_directory ? "there is no such directory"
                                                       : error.message(),
         "create the directory, or name another with --dir");
  }
  std::vector<VersionedFile> files;
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    const bool sql = name.ends_with(".sql");
    if (!sql && (!name.ends_with(".go") || is_go_test(name))) continue;
    const std::int64_t version =
        sql ? version_of(name, (directory / name).string()) : parse_file_name(name).version;
    if (version > 0) files.push_back({name, version});
  }
  std::ranges::sort(files, {}, &VersionedFile::version);
  return files;
}

std::int64_t last_sequential(const std::vector<VersionedFile>& files) {
  std::int64_t last = 0;
  for (const VersionedFile& file : files) {
    if (!is_timestamp(file.version)) last = file.version;
  }
  return last;
}

std::string sequence_text(std::int64_t version) {
  return fmt::format("{:0{}}", version, kSequenceDigits);
}

std::int64_t timestamp(std::chrono::system_clock::time_point now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::int64_t version = utc.tm_year + 1900;
  for (int part : {utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec}) {
    version = version * 100 + part;
  }
  return version;
}

// The time as a version that no file of the directory has yet, whatever its name and type.
std::int64_t free_timestamp(const fs::path& directory, std::chrono::system_clock::time_point now) {
  std::set<std::string> taken;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename().string();
    taken.insert(name.substr(0, name.find('_')));
  }
  std::int64_t version = timestamp(now);
  while (taken.contains(std::to_string(version))) {
    now += std::chrono::seconds(1);
    version = timestamp(now);
  }
  return version;
}

// From choosing a version to the file that has it, others in this directory wait. A file system
// that cannot lock leaves the rest to chance: no file is overwritten in any case.
class DirectoryLock {
 public:
  explicit DirectoryLock(const fs::path& directory)
      : descriptor_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ < 0) return;
    while (::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~DirectoryLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int descriptor_;
};

// Closes and removes a temporary file whatever happens. Not mkstemp(): a migration is for everybody
// whom the umask lets read it.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& directory) {
    const std::string stem = (directory / fmt::format(".gander-{}-", ::getpid())).string();
    for (int i = 0; descriptor_ < 0 && (i == 0 || errno == EEXIST); ++i) {
      path_ = stem + std::to_string(i);
      descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    if (descriptor_ < 0) fail_to_write(directory, errno);
  }
  ~TemporaryFile() {
    ::close(descriptor_);
    ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail_to_write(path_, errno);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor_) != 0) fail_to_write(path_, errno);
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int descriptor_ = -1;
};

// After this a crash of the machine does not lose the names. Some file systems cannot do it.
void sync_directory(const fs::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

// Gives `from` the name `to` unless that exists, and returns 0 or the error's number. link() is the
// one portable call that never overwrites; file systems without hard links get a check before.
int rename_new(const std::string& from, const std::string& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return ::unlink(from.c_str()) == 0 ? 0 : errno;
  if (errno != EPERM && errno != ENOTSUP && errno != EMLINK) return errno;
  if (::access(to.c_str(), F_OK) == 0) return EEXIST;
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

void publish(const std::string& from, const fs::path& to) {
  const int error = rename_new(from, to.string());
  if (error == EEXIST) {
    fail(ErrorCode::invalid_migration, to, kFileExists, "choose another name");
  }
  if (error != 0) fail_to_write(to, error);
}

// The name of `file` with its version, in whatever width, replaced by five digits.
std::string renumbered(const VersionedFile& file, std::int64_t version) {
  return sequence_text(version) + file.name.substr(file.name.find('_'));
}

// Unicode's letters and digits, by the C library's tables. Without them every byte of a character
// beyond ASCII counts as a letter.
class CharacterClasses {
 public:
  CharacterClasses() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
  ~CharacterClasses() {
    if (locale_ != nullptr) ::freelocale(locale_);
  }
  CharacterClasses(const CharacterClasses&) = delete;
  CharacterClasses& operator=(const CharacterClasses&) = delete;

  bool is_word(wint_t c) const {
    if (locale_ == nullptr) return c >= 0x80 || (c < 0x80 && ::isalnum(static_cast<int>(c)) != 0);
    return ::iswalnum_l(c, locale_) != 0;
  }
  wint_t lower(wint_t c) const {
    if (locale_ == nullptr)
      return c < 0x80 ? static_cast<wint_t>(::tolower(static_cast<int>(c))) : c;
    return ::towlower_l(c, locale_);
  }

 private:
  locale_t locale_;
};

std::u32string decode(std::string_view text) {
  std::u32string result;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t size = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    char32_t code = size == 1 ? first : first & (0xFFU >> (size + 1));
    for (std::size_t k = 1; k < size && i + k < text.size(); ++k) {
      code = (code << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    }
    result += code;
    i += size;
  }
  return result;
}

void append_utf8(char32_t code, std::string* text) {
  const auto tail = [&](unsigned shift) {
    *text += static_cast<char>(0x80U | ((code >> shift) & 0x3FU));
  };
  if (code < 0x80) {
    *text += static_cast<char>(code);
  } else if (code < 0x800) {
    *text += static_cast<char>(0xC0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    *text += static_cast<char>(0xE0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    *text += static_cast<char>(0xF0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

bool is_timestamp(std::int64_t version) {
  constexpr std::int64_t kFirst = 19700101000000;
  constexpr std::int64_t kLast = 99991231235959;
  if (version <= kFirst || version > kLast) return false;
  const auto two_digits = [&version] {
    const auto part = static_cast<unsigned>(version % 100);
    version /= 100;
    return part;
  };
  const unsigned second = two_digits();
  const unsigned minute = two_digits();
  const unsigned hour = two_digits();
  const std::chrono::day day{two_digits()};
  const std::chrono::month month{two_digits()};
  const std::chrono::year year{static_cast<int>(version)};
  return second < 60 && minute < 60 && hour < 24 &&
         std::chrono::year_month_day{year, month, day}.ok();
}

std::string snake_name(std::string_view words) {
  const CharacterClasses classes;
  std::string name;
  std::size_t separators = 0;
  for (char32_t code : decode(words)) {
    if (!classes.is_word(static_cast<wint_t>(code))) {
      ++separators;
      continue;
    }
    if (separators > 0 && !name.empty()) name += '_';
    separators = 0;
    append_utf8(static_cast<char32_t>(classes.lower(static_cast<wint_t>(code))), &name);
  }
  if (separators == 1 && !name.empty()) name += '_';
  return name;
}

CreatedFile create_migration(const CreateRequest& request) {
  const std::string name = snake_name(request.name);
  if (name.empty()) {
    throw Error(ErrorCode::usage,
                fmt::format("\"{}\" has no letter and no digit to name a file by", request.name),
                "say in words what the migration does");
  }
  std::error_code ignored;
  if (request.make_directory) fs::create_directories(request.directory, ignored);
  const DirectoryLock lock(request.directory);
  const std::vector<VersionedFile> files =
      request.sequential ? versioned_files(request.directory) : std::vector<VersionedFile>{};
  if (!fs::is_directory(request.directory, ignored)) {
    fail(ErrorCode::not_found, request.directory, "there is no such directory",
         "create the directory, or name another with --dir");
  }
  CreatedFile created;
  created.version = request.sequential ? last_sequential(files) + 1
                                       : free_timestamp(request.directory, request.now);
  const std::string version =
      request.sequential ? sequence_text(created.version) : std::to_string(created.version);
  created.path = request.directory == "." ? fs::path(version + "_" + name + "." + request.extension)
                                          : request.directory.lexically_normal() /
                                                (version + "_" + name + "." + request.extension);
  write_new_file(created.path, request.text);
  return created;
}

void write_new_file(const fs::path& path, std::string_view text) {
  const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
  TemporaryFile temporary(directory);
  temporary.write(text);
  publish(temporary.path(), path);
  sync_directory(directory);
}

void replace_file(const fs::path& path, std::string_view text) {
  const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
  TemporaryFile temporary(directory);
  temporary.write(text);
  if (::rename(temporary.path().c_str(), path.c_str()) != 0) fail_to_write(path, errno);
  sync_directory(directory);
}

std::vector<RenamedFile> fix_versions(const fs::path& directory) {
  const std::vector<VersionedFile> files = versioned_files(directory);
  std::int64_t next = last_sequential(files);
  std::vector<RenamedFile> renamed;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (i > 0 && files[i].version == files[i - 1].version) {
      fail(ErrorCode::invalid_migration, directory / files[i].name,
           fmt::format("duplicate version {} detected: {} has it too", files[i].version,
                       files[i - 1].name),
           "give one of the two another version");
    }
    if (is_timestamp(files[i].version)) {
      renamed.push_back({files[i].name, renumbered(files[i], ++next)});
    }
  }
  std::set<std::string> left;  // names that are free when the turn comes to those behind
  for (const RenamedFile& file : renamed) {
    std::error_code ignored;
    left.insert(file.from);
    if (!left.contains(file.to) && fs::exists(directory / file.to, ignored)) {
      fail(ErrorCode::invalid_migration, directory / file.to, kFileExists,
           "move it away: " + file.from + " needs its name");
    }
  }
  for (const RenamedFile& file : renamed) {
    if (file.to == file.from) continue;  // its turn came at its own number
    publish((directory / file.from).string(), directory / file.to);
  }
  if (!renamed.empty()) sync_directory(directory);
  return renamed;
}

}  // namespace gander::source
