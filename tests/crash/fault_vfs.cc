// SPDX-License-Identifier: MIT
#include "tests/crash/fault_vfs.h"

#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

namespace gander::crash {
namespace {

constexpr std::size_t kSector = 512;

struct NamedAction {
  const char* name;
  FileAction action;
};
constexpr std::array<NamedAction, 6> kActions = {{{"kill", FileAction::kill},
                                                  {"power", FileAction::power},
                                                  {"full", FileAction::full},
                                                  {"full-once", FileAction::full_once},
                                                  {"error", FileAction::error},
                                                  {"error-once", FileAction::error_once}}};

// One change of a file that has not been synced.
struct Change {
  bool truncate = false;
  std::size_t offset = 0;  // of a write; the new size of a truncation
  std::string bytes;

  void apply(std::string* content) const {
    if (truncate) {
      content->resize(offset);
      return;
    }
    if (content->size() < offset + bytes.size()) content->resize(offset + bytes.size());
    content->replace(offset, bytes.size(), bytes);
  }
};

struct Inode {
  std::string durable;
  std::vector<Change> pending;
  bool linked = false;  // its directory entry is on the disk
};

// What the disk knows of one path.
struct Entry {
  std::optional<Inode> current;
  std::optional<Inode> before;  // deleted, but its directory has not been synced since
};

struct State {
  FileFault fault;
  bool lying_sync = false;
  std::int64_t operations = 0;
  std::map<std::string, Entry> disk;
};

State& state() {
  static State instance;
  return instance;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void apply_torn(const Change& change, std::minstd_rand* random, std::string* content) {
  if (change.truncate) {
    if ((*random)() % 2 == 0) change.apply(content);
    return;
  }
  for (std::size_t at = 0; at < change.bytes.size(); at += kSector) {
    if ((*random)() % 2 == 0) continue;
    Change sector;
    sector.offset = change.offset + at;
    sector.bytes = change.bytes.substr(at, kSector);
    sector.apply(content);
  }
}

std::string after_power_cut(const Inode& inode, std::minstd_rand* random) {
  std::string content = inode.durable;
  const std::uint32_t seed = state().fault.seed;
  for (const Change& change : inode.pending) {
    const auto lot = (*random)() % 4;
    if (seed == 1 || (seed > 1 && lot >= 2)) {
      change.apply(&content);
    } else if (seed > 1 && lot == 1) {
      apply_torn(change, random, &content);
    }
  }
  return content;
}

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

[[noreturn]] void cut_power() {
  std::minstd_rand random(state().fault.seed * 7919 + 17);
  const std::uint32_t seed = state().fault.seed;
  for (const auto& [path, entry] : state().disk) {
    const Inode* survivor = entry.current ? &*entry.current : nullptr;
    const bool unsure = survivor == nullptr ? entry.before.has_value() : !survivor->linked;
    if (unsure && (seed == 0 || (seed > 1 && random() % 2 == 0))) {
      survivor = entry.before ? &*entry.before : nullptr;
    }
    if (survivor == nullptr) {
      ::unlink(path.c_str());
    } else {
      const std::string content = after_power_cut(*survivor, &random);
      std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
    }
  }
  die();
}

enum class Operation { create, write, truncate, sync, remove };

int full_code(Operation operation) {
  // The kernel reports delayed allocation failures at the sync.
  return operation == Operation::sync ? SQLITE_IOERR_FSYNC : SQLITE_FULL;
}

int error_code(Operation operation) {
  switch (operation) {
    case Operation::create:
      return SQLITE_CANTOPEN;
    case Operation::write:
      return SQLITE_IOERR_WRITE;
    case Operation::truncate:
      return SQLITE_IOERR_TRUNCATE;
    case Operation::sync:
      return SQLITE_IOERR_FSYNC;
    case Operation::remove:
      return SQLITE_IOERR_DELETE;
  }
  return SQLITE_IOERR;
}

// Counts an operation. SQLITE_OK: it may go on.
int pass(Operation operation) {
  const std::int64_t number = ++state().operations;
  const FileFault& fault = state().fault;
  const bool now = number == fault.point;
  const bool since = fault.point > 0 && number >= fault.point;
  switch (fault.action) {
    case FileAction::none:
      return SQLITE_OK;
    case FileAction::kill:
      if (now) die();
      return SQLITE_OK;
    case FileAction::power:
      if (now) cut_power();
      return SQLITE_OK;
    case FileAction::full:
    case FileAction::full_once: {
      // Deleting needs no space.
      const bool hit = fault.action == FileAction::full ? since : now;
      return hit && operation != Operation::remove && operation != Operation::truncate
                 ? full_code(operation)
                 : SQLITE_OK;
    }
    case FileAction::error:
      return since ? error_code(operation) : SQLITE_OK;
    case FileAction::error_once:
      return now ? error_code(operation) : SQLITE_OK;
  }
  return SQLITE_OK;
}

sqlite3_vfs* real_vfs() {
  static sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
  return vfs;
}

// --- files ---------------------------------------------------------------------------------------

// The real sqlite3_file follows in memory.
struct File {
  sqlite3_file base;
  std::string* path;  // null for temporary files, which are not counted
};

File* as_file(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(as_file(file) + 1);
}
Inode* inode_of(sqlite3_file* file) {
  Entry& entry = state().disk[*as_file(file)->path];
  // A deleted file that is still open: what is written to it is lost either way.
  if (!entry.current) entry.current = Inode{};
  return &*entry.current;
}

int close_file(sqlite3_file* file) {
  const int result = real(file)->pMethods->xClose(real(file));
  delete as_file(file)->path;
  return result;
}

int read_at(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), buffer, amount, offset);
}

int write_at(sqlite3_file* file, const void* buffer, int amount, sqlite3_int64 offset) {
  if (as_file(file)->path != nullptr) {
    Change change;
    change.offset = static_cast<std::size_t>(offset);
    change.bytes.assign(static_cast<const char*>(buffer), static_cast<std::size_t>(amount));
    Inode* inode = inode_of(file);
    inode->pending.push_back(std::move(change));
    const int result = pass(Operation::write);
    if (result != SQLITE_OK) {
      inode->pending.pop_back();
      return result;
    }
  }
  return real(file)->pMethods->xWrite(real(file), buffer, amount, offset);
}

int truncate_to(sqlite3_file* file, sqlite3_int64 size) {
  if (as_file(file)->path != nullptr) {
    const int result = pass(Operation::truncate);
    if (result != SQLITE_OK) return result;
    Change change;
    change.truncate = true;
    change.offset = static_cast<std::size_t>(size);
    inode_of(file)->pending.push_back(std::move(change));
  }
  return real(file)->pMethods->xTruncate(real(file), size);
}

// The bytes need not reach a real disk here: what survives is decided by cut_power().
int sync_file(sqlite3_file* file, int) {
  if (as_file(file)->path == nullptr) return SQLITE_OK;
  const int result = pass(Operation::sync);
  if (result != SQLITE_OK || state().lying_sync) return result;
  Entry& entry = state().disk[*as_file(file)->path];
  Inode* inode = inode_of(file);
  for (const Change& change : inode->pending) change.apply(&inode->durable);
  inode->pending.clear();
  if (!inode->linked) entry.before.reset();
  inode->linked = true;
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_reserved(sqlite3_file* file, int* answer) {
  return real(file)->pMethods->xCheckReservedLock(real(file), answer);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** address) {
  return real(file)->pMethods->xShmMap(real(file), region, size, extend, address);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

// Version 2: with shared memory for WAL, without memory-mapped reads and writes, which could not be
// counted.
constexpr sqlite3_io_methods kMethods = {
    2,         close_file,  read_at,        write_at, truncate_to, sync_file,       file_size,
    lock_file, unlock_file, check_reserved, control,  sector_size, characteristics, shm_map,
    shm_lock,  shm_barrier, shm_unmap,      nullptr,  nullptr};

// --- the file system -----------------------------------------------------------------------------

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  as_file(file)->base.pMethods = nullptr;
  as_file(file)->path = nullptr;
  const bool counted = name != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) == 0;
  const bool exists = counted && ::access(name, F_OK) == 0;
  if (counted && !exists) {
    const int result = pass(Operation::create);
    if (result != SQLITE_OK) return result;
  }
  const int result = real_vfs()->xOpen(real_vfs(), name, real(file), flags, out_flags);
  // SQLite calls xClose for a file whose xOpen failed only when pMethods is set.
  if (result != SQLITE_OK) return result;
  as_file(file)->base.pMethods = &kMethods;
  if (!counted) return SQLITE_OK;
  as_file(file)->path = new std::string(name);  // owned by the file, deleted by close_file()
  Entry& entry = state().disk[name];
  if (!entry.current) {
    entry.current = Inode{};
    if (exists) entry.current->durable = read_file(name), entry.current->linked = true;
  }
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* name, int sync_directory) {
  const int passed = pass(Operation::remove);
  if (passed != SQLITE_OK) return passed;
  const int result = real_vfs()->xDelete(real_vfs(), name, sync_directory);
  if (result != SQLITE_OK) return result;
  Entry& entry = state().disk[name];
  if (entry.current && entry.current->linked) entry.before = std::move(entry.current);
  entry.current.reset();
  if (sync_directory != 0 && !state().lying_sync) entry.before.reset();
  return SQLITE_OK;
}

void register_vfs() {
  static sqlite3_vfs vfs;
  if (vfs.zName != nullptr) return;
  vfs = *real_vfs();
  vfs.zName = kFaultVfs;
  vfs.pNext = nullptr;
  vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs()->szOsFile;
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  sqlite3_vfs_register(&vfs, 0);
}

}  // namespace

FileFault FileFault::parse(std::string_view text) {
  FileFault fault;
  const std::size_t colon = text.find(':');
  std::string_view name = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  std::from_chars(text.data(), text.data() + text.size(), fault.point);
  if (name.starts_with("power-")) {
    std::from_chars(name.data() + 6, name.data() + name.size(), fault.seed);
    name = "power";
  }
  for (const NamedAction& known : kActions) {
    if (name == known.name) fault.action = known.action;
  }
  if (fault.point <= 0 || fault.action == FileAction::none) {
    throw std::invalid_argument("not POINT:ACTION: " + std::string(text));
  }
  return fault;
}

std::string FileFault::text() const {
  std::string text = std::to_string(point) + ":";
  for (const NamedAction& known : kActions) {
    if (action == known.action) text += known.name;
  }
  return action == FileAction::power ? text + "-" + std::to_string(seed) : text;
}

void arm_fault_vfs(const FileFault& fault, bool lying_sync) {
  register_vfs();
  state() = State{fault, lying_sync, 0, {}};
}

std::int64_t fault_vfs_operations() { return state().operations; }

}  // namespace gander::crash
