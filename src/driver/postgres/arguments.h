// SPDX-License-Identifier: MIT
// Arguments: the parameters of a statement in the arrays that libpq takes.
//
// Numbers and texts go as text of no declared type, so that the server gives each the type that its
// place in the statement asks for, as it does with literals. Bytes go as bytea, as they are.
#pragma once

#include <libpq-fe.h>

#include <span>
#include <string>
#include <vector>

#include "gander/connection.h"

namespace gander::driver::postgres {

class Arguments {
 public:
  // The parameters' bytes must live as long. Throws Error(usage) for a text with a NUL byte.
  explicit Arguments(std::span<const Parameter> parameters);

  int size() const { return static_cast<int>(values_.size()); }
  const Oid* types() const { return types_.data(); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

  // The same for arguments that may use one prepared statement.
  std::string signature() const;

 private:
  std::vector<std::string> texts_;
  std::vector<const char*> values_;  // nullptr: NULL
  std::vector<Oid> types_;
  std::vector<int> lengths_;
  std::vector<int> formats_;  // 1: binary
};

}  // namespace gander::driver::postgres
