// SPDX-License-Identifier: MIT
// Scratch databases as files: only this user can read them, and nothing is synced before one is to
// be kept.
#pragma once

#include <chrono>
#include <memory>

#include "src/driver/scratch.h"
#include "src/driver/sqlite/url.h"

namespace gander::driver::sqlite {

// Beside the file of `settings`, with its pragmas. Another vfs is not followed. `wait`: how long
// duplicate() waits for a writer that keeps readers out.
std::unique_ptr<Scratches> make_scratches(const Settings& settings, std::chrono::milliseconds wait);

}  // namespace gander::driver::sqlite
