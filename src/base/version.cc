// SPDX-License-Identifier: MIT
// GANDER_VERSION is defined for this file alone, so that a new version compiles one file.
#include "src/base/version.h"

namespace gander {

const char* gander_version_string() noexcept { return GANDER_VERSION; }

}  // namespace gander
