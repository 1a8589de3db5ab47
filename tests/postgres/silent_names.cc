// SPDX-License-Identifier: MIT
// A name server that never answers, for LD_PRELOAD.
#include <netdb.h>
#include <unistd.h>

extern "C" int getaddrinfo(const char* /*node*/, const char* /*service*/,
                           const struct addrinfo* /*hints*/, struct addrinfo** /*result*/) {
  static constexpr char kText[] = "looking up\n";
  if (::write(STDERR_FILENO, kText, sizeof(kText) - 1) < 0) return EAI_FAIL;
  for (;;) ::pause();
}
