// SPDX-License-Identifier: MIT
#include "src/base/host.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "src/base/random.h"

namespace gander {
namespace {

std::string login_name() {
  const uid_t uid = ::geteuid();
  if (uid == 0) return "root";
  std::array<char, 4096> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return entry.pw_name;
  }
  return "uid" + std::to_string(uid);
}

}  // namespace

std::string user_at_host() {
  // The environment first: looking the user up loads the name-service libraries, which costs more
  // than the rest of the start.
  std::string user;
  for (const char* name : {"USER", "LOGNAME"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') {
      user = value;
      break;
    }
  }
  if (user.empty()) user = login_name();
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return user + "@" + (host[0] == '\0' ? "localhost" : host.data());
}

std::string random_id() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::uint64_t bits = random_bits();
  std::string id;
  for (int digit = 0; digit < 16; ++digit, bits >>= 4) id += kHex[bits & 15];
  return id;
}

}  // namespace gander
