// SPDX-License-Identifier: MIT
// An SQLite VFS for tests that stands between SQLite and the files: every operation that changes a
// file gets a number, and at a chosen number the process is killed, the disk is full or broken, or
// the power fails.
//
// A power cut keeps what was synced and loses, keeps or tears at 512-byte sectors each write since,
// in any combination; a file created or deleted since the last sync of its directory may be there
// or not. That is the model of https://sqlite.org/atomiccommit.html with safe overwrites
// (https://sqlite.org/psow.html), which is what SQLite assumes of Linux file systems.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gander::crash {

enum class FileAction {
  none,
  kill,        // SIGKILL before the operation
  power,       // the power fails during the operation
  full,        // this operation and all later ones find the disk full
  full_once,   // this one alone
  error,       // this operation and all later ones fail with an input/output error
  error_once,  // this one alone
};

struct FileFault {
  std::int64_t point = 0;
  FileAction action = FileAction::none;
  std::uint32_t seed = 0;  // of a power cut: 0 loses every unsynced write, 1 none, others some

  // "12:kill", "12:power-3", "12:full-once". Throws std::invalid_argument.
  static FileFault parse(std::string_view text);
  std::string text() const;
};

// The name to put into `?vfs=`.
inline constexpr const char* kFaultVfs = "gander_fault";

// Registers the VFS (once) and starts the count anew. SQLite's registry is global, so there is one
// plan a process.
void arm_fault_vfs(const FileFault& fault, bool lying_sync = false);

// Operations counted since.
std::int64_t fault_vfs_operations();

}  // namespace gander::crash
