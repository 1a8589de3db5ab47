// SPDX-License-Identifier: MIT
// Scratch databases as files: only this user can read them, and nothing is synced before one is to
// be kept.
#pragma once

#include <memory>

#include "src/driver/scratch.h"
#include "src/driver/sqlite/url.h"

namespace gander::driver::sqlite {

// Beside the file of `settings`, with its pragmas. Another vfs is not followed.
std::unique_ptr<Scratches> make_scratches(const Settings& settings);

}  // namespace gander::driver::sqlite
