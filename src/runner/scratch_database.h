// SPDX-License-Identifier: MIT
// ScratchDatabase: a database beside the runner's own with a session, for migrations and scripts
// that are tried out: empty, or a copy. It is dropped when the object goes.
#pragma once

#include <memory>
#include <string_view>

#include "src/driver/scratch.h"
#include "src/run/database.h"

namespace gander {

class ScratchDatabase {
 public:
  enum class Content { nothing, rows };

  // Throws Error(unsupported) where there can be none. `beside` is not needed any more afterwards.
  ScratchDatabase(driver::Driver& beside, const driver::SessionOptions& options,
                  const TableName& table, const store::Author& author,
                  std::string_view purpose = "scratch", Content content = Content::nothing);

  run::Database& database() { return *database_; }

 private:
  std::unique_ptr<driver::Scratch> scratch_;
  std::unique_ptr<driver::Driver> driver_;
  std::unique_ptr<run::Database> database_;
};

}  // namespace gander
