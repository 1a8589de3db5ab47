// SPDX-License-Identifier: MIT
#include "src/base/process_life.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

namespace gander {
namespace {

// Field 22 of /proc/PID/stat, in ticks since the machine started; empty when there is no such
// process, or one that has ended and is still listed (field 3). Field 2, the name, is in
// parentheses and may hold anything.
std::string start_of(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/stat");
  std::string line;
  std::getline(in, line);
  const std::size_t name = line.rfind(')');
  if (name == std::string::npos) return {};
  std::istringstream fields(line.substr(name + 1));
  constexpr int kStart = 22 - 2;
  std::string field;
  for (int i = 0; i < kStart; ++i) {
    fields >> field;
    if (i == 0 && (field == "Z" || field == "X")) return {};
  }
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

struct Process {
  std::string pid;
  std::string start;
};

// Nothing where it is of another world, or no text of ours.
std::optional<Process> process_of(const std::string& text) {
  std::istringstream words(text);
  std::string kind;
  std::string here;
  Process process;
  if (!(words >> kind >> process.pid >> process.start) || kind != "process") return std::nullopt;
  std::getline(words >> std::ws, here);
  if (here.empty() || here != world()) return std::nullopt;
  return process;
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
  const std::optional<Process> known = process_of(process);
  return known && known->start == start_of(known->pid);
}

bool has_ended(const std::string& process) {
  const std::optional<Process> known = process_of(process);
  return known && known->start != start_of(known->pid);
}

}  // namespace gander
