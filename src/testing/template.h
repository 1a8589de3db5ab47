// SPDX-License-Identifier: MIT
// What decides whether a template can be used: the migrations and how they are run.
#pragma once

#include <string>
#include <string_view>

#include "gander/source.h"
#include "gander/testing.h"

namespace gander::testing {

// Migrations that are functions have no checksum.
bool has_functions(const Source& source);

// 32 hexadecimal digits of everything that decides what the migrations leave; `engine` names the
// database and its version.
std::string template_digest(const Source& source, const TemplateOptions& options,
                            std::string_view engine);

}  // namespace gander::testing
