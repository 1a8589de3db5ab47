// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/process_life.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace gander::driver::sqlite {
namespace {

// Field 22 of /proc/PID/stat, in ticks since the machine started; empty when there is no such
// process. Field 2, the name, is in parentheses and may hold anything.
std::string start_of(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/stat");
  std::string line;
  std::getline(in, line);
  const std::size_t name = line.rfind(')');
  if (name == std::string::npos) return {};
  std::istringstream fields(line.substr(name + 1));
  constexpr int kStart = 22 - 2;
  std::string field;
  for (int i = 0; i < kStart; ++i) fields >> field;
  return field;
}

// Numbers of processes mean something within one start of one machine and one namespace.
std::string world() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string boot;
  std::getline(in, boot);
  std::error_code failed;
  const std::string space = std::filesystem::read_symlink("/proc/self/ns/pid", failed).string();
  return boot.empty() || failed ? std::string() : boot + " " + space;
}

}  // namespace

std::string this_process() {
  const std::string pid = std::to_string(::getpid());
  const std::string start = start_of(pid);
  const std::string here = world();
  return start.empty() || here.empty() ? std::string()
                                       : "process " + pid + " " + start + " " + here;
}

bool is_alive(const std::string& process) {
  std::istringstream words(process);
  std::string kind;
  std::string pid;
  std::string start;
  std::string here;
  if (!(words >> kind >> pid >> start) || kind != "process") return false;
  std::getline(words >> std::ws, here);
  return here == world() && !here.empty() && start == start_of(pid);
}

}  // namespace gander::driver::sqlite
