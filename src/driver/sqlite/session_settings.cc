// SPDX-License-Identifier: MIT
// The settings of the session around a migration on SQLite: pragmas that are set before and
// restored after, and the backup.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <utility>

#include "src/driver/sqlite/connection.h"
#include "src/driver/sqlite/dialect.h"

namespace gander::driver::sqlite {
namespace {

// Pragmas that a migration may leave changed and that would change what the next one does.
constexpr std::array kRestored = {
    "foreign_keys", "legacy_alter_table", "recursive_triggers",      "defer_foreign_keys",
    "query_only",   "writable_schema",    "ignore_check_constraints"};

// Each change of the schema makes SQLite read all of sqlite_schema. With ten thousand tables that
// is more than fits into its own 2 MB, and every page of it would be read from the file each time.
constexpr std::int64_t kCacheKiB = 16 * 1024;

[[noreturn]] void throw_storage(const std::string& what) {
  throw Error(ErrorCode::storage, what + ": " + std::strerror(errno),
              "nothing was migrated; check the disk, or run without Options::backup");
}

void sync_path(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) throw_storage("cannot open " + path);
  const int result = ::fsync(descriptor);
  ::close(descriptor);
  if (result != 0) throw_storage("cannot sync " + path);
}

class Descriptor {
 public:
  Descriptor(int descriptor, const std::string& path) : descriptor_(descriptor) {
    if (descriptor_ < 0) throw_storage("cannot create " + path);
  }
  ~Descriptor() { ::close(descriptor_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// A backup may be read by those who may read the database, and by nobody else: where owner or group
// cannot be given away, what the mode says of them is left out.
void share_as(const std::string& model, int copy) {
  struct stat wanted{};
  struct stat made{};
  if (::stat(model.c_str(), &wanted) != 0 || ::fstat(copy, &made) != 0) return;
  mode_t mode = wanted.st_mode & 0777U;
  if (wanted.st_gid != made.st_gid && ::fchown(copy, static_cast<uid_t>(-1), wanted.st_gid) != 0) {
    mode &= 0707U;
  }
  if (wanted.st_uid != made.st_uid && ::fchown(copy, wanted.st_uid, static_cast<gid_t>(-1)) != 0) {
    mode |= 0600U;
  }
  if (::fchmod(copy, mode) != 0) throw_storage("cannot set the permissions of the backup");
}

}  // namespace

std::int64_t Connection::pragma(const char* name) {
  const Rows rows = query(std::string("PRAGMA ") + name);
  if (rows.rows.empty()) return 0;
  const auto* value = std::get_if<std::int64_t>(&rows.rows[0][0]);
  return value == nullptr ? 0 : *value;
}

void Connection::set_pragma(const char* name, std::int64_t value) {
  execute(std::string("PRAGMA ") + name + " = " + std::to_string(value));
}

// At its end VACUUM deletes the journal and then shortens the file. Of two changes that were not
// synced a power failure may keep either: the short file with the journal back, which then restores
// half of the old one. EXTRA syncs the deletion, and is FULL otherwise
// (https://sqlite.org/pragma.html#pragma_synchronous).
void Connection::vacuum(sqlite3_stmt* prepared) {
  constexpr std::int64_t kFull = 2;
  constexpr std::int64_t kExtra = 3;
  const bool raised = pragma("synchronous") == kFull;
  if (raised) set_pragma("synchronous", kExtra);
  try {
    step_to_end(prepared);
  } catch (...) {
    if (raised) set_pragma("synchronous", kFull);
    throw;
  }
  if (raised) set_pragma("synchronous", kFull);
}

// "TABLE temp.passing", in an order in which they can be dropped: a virtual table takes the tables
// behind it along.
std::vector<std::string> Connection::temporary_objects() {
  std::vector<std::string> objects;
  visit(
      "SELECT upper(type), name FROM temp.sqlite_master WHERE type IN ('table', 'view', 'trigger') "
      "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
      "ORDER BY type = 'table', sql NOT LIKE 'CREATE VIRTUAL%'",
      [&](const Row& row) {
        objects.push_back(std::string(row.text(0)) + " IF EXISTS temp." +
                          dialect().quote(row.text(1)));
      });
  return objects;
}

void Connection::drop_temporary_objects() {
  for (const std::string& object : temporary_objects()) {
    if (std::ranges::find(temporary_before_, object) == temporary_before_.end()) {
      execute("DROP " + object);
    }
  }
}

void Connection::enter() {
  refuse_open_transaction();
  if (owned_) {
    // Nothing ran on this handle yet but the URL's own settings.
    saved_.clear();
    saved_.push_back({"foreign_keys", foreign_keys_on_ ? 1 : 0});
    if (!cache_chosen_) set_pragma("cache_size", -kCacheKiB);
    session_touched_ = false;
    return;
  }
  temporary_before_ = temporary_objects();
  saved_.clear();
  for (const char* name : kRestored) saved_.push_back({name, pragma(name)});
  if (saved_[0].value != 0) set_pragma("foreign_keys", 0);
  session_touched_ = false;
}

void Connection::leave() noexcept {
  try {
    note_settings_of_file();
    reset_session();
    if (!owned_ && !saved_.empty() && saved_[0].value != 0) set_pragma("foreign_keys", 1);
  } catch (const std::exception&) {
    // The operation's own result matters more; a handle that cannot run a PRAGMA is broken anyway.
  }
  saved_.clear();
}

void Connection::reset_session() {
  if (!std::exchange(session_touched_, false)) return drop_temporary_objects();
  for (const char* name : kRestored) {
    std::int64_t wanted = 0;
    for (const SavedPragma& saved : saved_) {
      if (std::strcmp(saved.name, name) == 0) wanted = saved.value;
    }
    if (!owned_ && std::strcmp(name, "foreign_keys") == 0) wanted = 0;
    if (pragma(name) != wanted) set_pragma(name, wanted);
  }
  drop_temporary_objects();
}

std::string Connection::back_up() {
  if (path_.empty()) return driver::Connection::back_up();
  char stamp[32];
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &utc);
  std::string path = path_ + "." + stamp + ".backup";
  for (int i = 2; ::access(path.c_str(), F_OK) == 0; ++i) {
    path = path_ + "." + stamp + "-" + std::to_string(i) + ".backup";
  }
  // VACUUM INTO refuses a file with something in it, and a kill leaves a partial one: it gets a
  // name of its own that nobody takes for a backup, and the real name only when it is whole and on
  // the disk.
  const std::string partial = path + ".partial-" + std::to_string(::getpid());
  try {
    const Descriptor copy(::open(partial.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600),
                          partial);
    execute("VACUUM INTO " + dialect().literal(partial));
    share_as(path_, copy.get());
    if (::fsync(copy.get()) != 0) throw_storage("cannot sync " + partial);
    if (std::rename(partial.c_str(), path.c_str()) != 0) throw_storage("cannot create " + path);
    const std::size_t slash = path.rfind('/');
    sync_path(slash == std::string::npos ? "." : path.substr(0, slash + 1), O_RDONLY | O_DIRECTORY);
  } catch (...) {
    ::unlink(partial.c_str());
    throw;
  }
  return path;
}

}  // namespace gander::driver::sqlite
