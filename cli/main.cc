// SPDX-License-Identifier: MIT
// The program: goose's face when it is called by that name, else the modern one.
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "cli/application.h"
#include "src/driver/engine.h"

#if __has_include("cli/goose/goose.h")
#include "cli/goose/goose.h"
#define GANDER_HAS_GOOSE_FACE 1
#endif

namespace {

// A process that lives for milliseconds should neither ask for its memory in small pieces nor give
// any of it back.
void settle_memory() {
#ifdef M_TOP_PAD  // of the GNU C library
  ::mallopt(M_TOP_PAD, 4 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

// A standard stream that is closed would become the first file or socket that is opened, and what
// is printed would go into it. Reading from 0 and writing to 1 and 2 still fail, as they would.
void keep_standard_descriptors() {
  for (const int descriptor : {0, 1, 2}) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest free descriptor: this one.
    if (::open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY) != descriptor) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  keep_standard_descriptors();
  settle_memory();
  gander::driver::settle_process();
  std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
#ifdef GANDER_HAS_GOOSE_FACE
  std::string_view name = argc > 0 ? argv[0] : "";
  name = name.substr(name.rfind('/') + 1);
  if (name == "goose") return gander::cli::goose_main(std::move(args));
  if (!args.empty() && args[0] == "goose") {
    args.erase(args.begin());
    return gander::cli::goose_main(std::move(args));
  }
#endif
  return gander::cli::gander_main(args);
}
