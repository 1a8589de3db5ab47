// SPDX-License-Identifier: MIT
// The version of this build, "0.1.0". Its one home is project() in CMakeLists.txt.
#pragma once

namespace gander {

const char* gander_version_string() noexcept;

}  // namespace gander
