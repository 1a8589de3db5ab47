// SPDX-License-Identifier: MIT
#include "src/base/host.h"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "src/base/random.h"

namespace gander {

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
  if (user.empty()) user = "uid" + std::to_string(::getuid());
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
